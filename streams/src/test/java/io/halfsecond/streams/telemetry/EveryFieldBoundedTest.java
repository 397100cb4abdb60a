package io.halfsecond.streams.telemetry;

import static io.halfsecond.streams.Given.START;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.halfsecond.schemas.Bounds;
import io.halfsecond.schemas.OpenedSession;
import io.halfsecond.schemas.PhaseCpu;
import io.halfsecond.schemas.RunProgress;
import io.halfsecond.schemas.SelfTestEnvironment;
import io.halfsecond.schemas.SourceStatus;
import io.halfsecond.schemas.SpoolState;
import io.halfsecond.schemas.SpoolStatus;
import io.halfsecond.schemas.StartedProgram;
import io.halfsecond.schemas.Statement;
import io.halfsecond.schemas.TamperEvidence;
import io.halfsecond.schemas.TamperFact;
import io.halfsecond.schemas.Tier;
import io.halfsecond.streams.Given;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every string, list and map of every input has a bound, also those of fields that nobody has
/// thought of yet: each field is found by its schema.
class EveryFieldBoundedTest {
  private static final TimeBounds BOUNDS =
      new TimeBounds(Duration.ofDays(30), Duration.ofMinutes(10));

  /// Beyond every bound.
  private static final int TOO_MANY = 1_001;

  private static final String TOO_LONG = "x".repeat(2_000);

  static Stream<Supplier<Telemetry>> inputs() {
    return Stream.of(
        () ->
            new Telemetry.Authentication(
                Given.auth(1, START)
                    .setUserPseudonym("0123456789abcdef")
                    .setSourcePseudonym("0123456789abcdef")
                    .setKeyPseudonym("0123456789abcdef")
                    .setProbe("0123456789abcdef0123456789abcdef")
                    .build()),
        () ->
            new Telemetry.Session(
                Given.session(1, START)
                    .setProbe("0123456789abcdef0123456789abcdef")
                    .setOpenedSessions(
                        List.of(
                            OpenedSession.newBuilder()
                                .setStartedAt(START)
                                .setPrograms(List.of(new StartedProgram("/usr/bin/bash", 1)))
                                .build()))
                    .build()),
        () -> new Telemetry.Probe(Given.probe(1, START).setDetail("refused").build()),
        () ->
            new Telemetry.SelfTest(
                Given.selfTest(1, START, Given.comparison(SelfTestEnvironment.TERMINAL, 0.5))
                    .build()),
        () -> new Telemetry.Inventory(Given.fingerprint(1, START).build()),
        () ->
            new Telemetry.Tampering(
                TamperEvidence.newBuilder()
                    .setId(Given.id(1))
                    .setHost(Given.HOST)
                    .setCollector("run-1")
                    .setSequence(1)
                    .setAt(START)
                    .setRule("hidden-object")
                    .setAbout("files that a mount hides")
                    .setTier(Tier.STEP)
                    .setFacts(
                        List.of(
                            TamperFact.newBuilder()
                                .setObject("/usr/sbin/sshd")
                                .setStatements(List.of(new Statement("kernel", "hidden")))
                                .build()))
                    .build()),
        () ->
            new Telemetry.Heartbeat(
                Given.heartbeat(1, START)
                    .setRecordsDropped(Map.of("queue-full", 1L))
                    .setSources(
                        List.of(
                            SourceStatus.newBuilder()
                                .setName("log")
                                .setDropped(Map.of("unrelated", 1L))
                                .build()))
                    .setRuns(
                        List.of(
                            RunProgress.newBuilder()
                                .setCollector("run-1")
                                .setLastAcknowledged(Map.of("ssh.probe", 1L))
                                .setDropped(Map.of("queue-full", 1L))
                                .build()))
                    .setSpool(
                        SpoolStatus.newBuilder().setState(SpoolState.WRITING).setDetail("").build())
                    .build()));
  }

  @ParameterizedTest
  @MethodSource("inputs")
  void should_refuse_a_value_beyond_any_bound_in_any_field(Supplier<Telemetry> input) {
    assertThatCode(() -> check(input.get())).doesNotThrowAnyException();
    var tried = new ArrayList<String>();

    for (int field = 0; ; field++) {
      var telemetry = input.get();
      var changed = new Change(field);
      changed.in("", record(telemetry));
      if (changed.name.isEmpty()) {
        break;
      }
      tried.add(changed.name.get());
      assertThatThrownBy(() -> check(telemetry))
          .as(changed.name.get())
          .isInstanceOf(InsaneRecordException.class);
    }

    assertThat(tried).isNotEmpty().doesNotHaveDuplicates();
  }

  @Test
  void should_refuse_parts_whose_sum_is_too_large() {
    var parts =
        Collections.nCopies(
            Bounds.CPU_PARTS,
            PhaseCpu.newBuilder(Given.session(1, START).build().getCpu().getFirst())
                .setCpuNanos(Bounds.NANOS)
                .build());

    assertThatThrownBy(
            () -> check(new Telemetry.Session(Given.session(1, START).setCpu(parts).build())))
        .hasMessageStartingWith("the sum of cpuNanos is ");
  }

  private static SpecificRecord record(Telemetry telemetry) {
    return switch (telemetry) {
      case Telemetry.Authentication(var timing) -> timing;
      case Telemetry.Session(var cpu) -> cpu;
      case Telemetry.Probe(var timing) -> timing;
      case Telemetry.SelfTest(var report) -> report;
      case Telemetry.Inventory(var fingerprint) -> fingerprint;
      case Telemetry.Heartbeat(var status) -> status;
      case Telemetry.Tampering(var evidence) -> evidence;
    };
  }

  private static void check(Telemetry telemetry) {
    Checks.check(telemetry.host(), telemetry, BOUNDS, START);
  }

  /// Makes the n-th string, list or map of a record too long.
  private static final class Change {
    private final int wanted;
    private int met;
    private Optional<String> name = Optional.empty();

    Change(int wanted) {
      this.wanted = wanted;
    }

    @SuppressWarnings("ReferenceEquality") // what was not changed is the same object
    void in(String path, SpecificRecord record) {
      for (var field : record.getSchema().getFields()) {
        if (name.isEmpty()) {
          var value = record.get(field.pos());
          var changed = changed(path + "/" + field.name(), value);
          if (changed != value) {
            record.put(field.pos(), changed);
          }
        }
      }
    }

    private Object changed(String path, Object value) {
      return switch (value) {
        case CharSequence _ -> hit(path) ? TOO_LONG : value;
        case Map<?, ?> map -> hit(path) ? many(map) : hit(path + "/key") ? longKey(map) : value;
        case List<?> list -> {
          if (!list.isEmpty() && hit(path)) {
            yield Collections.nCopies(TOO_MANY, list.getFirst());
          }
          var entries = new ArrayList<Object>(list);
          for (int i = 0; i < entries.size() && i < 1; i++) {
            entries.set(i, changed(path + "[]", entries.get(i)));
          }
          yield name.isPresent() ? entries : value;
        }
        case SpecificRecord inner -> {
          in(path, inner);
          yield inner;
        }
        case null, default -> value;
      };
    }

    private boolean hit(String path) {
      boolean here = met++ == wanted && name.isEmpty();
      if (here) {
        name = Optional.of(path);
      }
      return here;
    }

    private static Map<String, Object> many(Map<?, ?> like) {
      var many = new HashMap<String, Object>();
      for (int n = 0; n < TOO_MANY; n++) {
        many.put("name-" + n, like.values().iterator().next());
      }
      return many;
    }

    private static Map<String, Object> longKey(Map<?, ?> like) {
      return Map.of(TOO_LONG, like.values().iterator().next());
    }
  }
}
