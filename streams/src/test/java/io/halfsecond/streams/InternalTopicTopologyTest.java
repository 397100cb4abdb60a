package io.halfsecond.streams;

import static io.halfsecond.streams.Given.MILLI;
import static io.halfsecond.streams.Given.START;
import static io.halfsecond.streams.Given.auth;
import static io.halfsecond.streams.Given.fingerprint;
import static io.halfsecond.streams.Given.id;
import static io.halfsecond.streams.Given.shifted;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.schemas.Acknowledgement;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertControl;
import io.halfsecond.schemas.AlertScope;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.AvroSerde;
import io.halfsecond.schemas.CohortInput;
import io.halfsecond.schemas.CohortProfile;
import io.halfsecond.schemas.Decision;
import io.halfsecond.schemas.Deviation;
import io.halfsecond.schemas.Signal;
import io.halfsecond.schemas.Tier;
import io.halfsecond.streams.cohort.Deviations;
import io.halfsecond.streams.processor.ProfileStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Records on the topics that only the topology writes. Whatever is on them, it goes on.
class InternalTopicTopologyTest {
  private static final String COHORT = "debian-12";
  private static final AvroSerde<CohortInput> INPUT = AvroSerde.of(CohortInput.class);
  private static final AvroSerde<CohortProfile> PROFILE = AvroSerde.of(CohortProfile.class);

  @TempDir private Path stateDirectory;

  private static Deviation.Builder deviation(long n) {
    return Deviation.newBuilder()
        .setId(id(n))
        .setHost("web-17")
        .setCohort(COHORT)
        .setSignal(Signal.STARTUP)
        .setStratum("all")
        .setAt(START)
        .setValue(8.0 * MILLI)
        .setSeason(0)
        .setMedian(8.0 * MILLI)
        .setBaseline(500)
        .setSource(1)
        .setWaiting(0);
  }

  private static Deviation deviations(Deviation.Builder... ofRecord) {
    return Deviations.pack(Arrays.stream(ofRecord).map(Deviation.Builder::build).toList());
  }

  private static Alert.Builder alert() {
    return Alert.newBuilder()
        .setAlertId(id(7))
        .setState(AlertState.OPENED)
        .setRevision(0)
        .setTier(Tier.STEP)
        .setScope(AlertScope.HOST)
        .setHost("web-17")
        .setCohort(COHORT)
        .setSubject("startup/all")
        .setAt(START)
        .setOpenedAt(START)
        .setOnset(START)
        .setFinding(shifted().build())
        .setSummary("");
  }

  private static AlertControl.Builder control() {
    return AlertControl.newBuilder()
        .setAlertId(id(7))
        .setScope(AlertScope.COHORT)
        .setHost("")
        .setCohort(COHORT)
        .setSubject("startup/all")
        .setAcknowledgement(
            Acknowledgement.newBuilder()
                .setDecision(Decision.ACCEPT)
                .setWho("alice")
                .setAt(START)
                .setWhy("")
                .build());
  }

  private static Arguments poison(String reason, @Nullable String key, byte @Nullable [] value) {
    return Arguments.of(reason, key, value, START);
  }

  private static Arguments insane(Object input) {
    return poison("insane", COHORT, INPUT.encode(new CohortInput(input)));
  }

  static Stream<Arguments> poison() {
    byte[] valid = INPUT.encode(new CohortInput(deviation(1).build()));
    return Stream.of(
        poison("no-value", COHORT, null),
        poison("no-value", null, null),
        poison("wrong-key", null, valid),
        poison("wrong-key", "another", valid),
        poison("unreadable", COHORT, new byte[0]),
        poison("unreadable", COHORT, Arrays.copyOf(valid, valid.length - 1)),
        poison("unknown-schema", COHORT, new byte[] {(byte) 0xC3, 1, 1, 2, 3, 4, 5, 6, 7, 8}),
        Arguments.of("wrong-time", COHORT, valid, START.plus(Duration.ofDays(365))),
        Arguments.of("wrong-time", COHORT, valid, Instant.EPOCH),
        poison(
            "wrong-time",
            COHORT,
            INPUT.encode(
                new CohortInput(deviation(1).setAt(START.plus(Duration.ofDays(365))).build()))),
        insane(deviations(deviation(1), deviation(1).setValue(Double.NaN))),
        insane(deviations(deviation(1), deviation(1).setStratum("a b"))),
        insane(
            deviations(Collections.nCopies(200, deviation(1)).toArray(Deviation.Builder[]::new))),
        insane(deviation(1).setCohort("").build()),
        insane(deviation(1).setCohort("a/b").build()),
        insane(deviation(1).setHost("größe-π").build()),
        insane(deviation(1).setHost("a#inspected-at").build()),
        insane(deviation(1).setId("not hexadecimal").build()),
        insane(deviation(1).setSignal(Signal.UNKNOWN).build()),
        insane(deviation(1).setStratum("").build()),
        insane(deviation(1).setStratum("x".repeat(5_000)).build()),
        insane(deviation(1).setValue(Double.NaN).build()),
        insane(deviation(1).setValue(-1).build()),
        insane(deviation(1).setMedian(0).build()),
        insane(deviation(1).setMedian(Double.POSITIVE_INFINITY).build()),
        insane(deviation(1).setSeason(Float.NaN).build()),
        insane(deviation(1).setBaseline(-1).build()),
        insane(deviation(1).setWaiting(2).build()),
        insane(fingerprint(1, START).setCohort(COHORT).setHost("").build()),
        insane(
            fingerprint(1, START)
                .setCohort(COHORT)
                .setObjects(Collections.nCopies(1_001, Given.object("/x", 1).build()))
                .build()),
        insane(alert().setAlertId("short").build()),
        insane(alert().setScope(AlertScope.INCIDENT).build()),
        insane(alert().setState(AlertState.UNKNOWN).build()),
        insane(alert().setSubject("x".repeat(513)).build()),
        insane(alert().setFinding(shifted().setSignal(Signal.UNKNOWN).build()).build()),
        insane(control().setAlertId("short").build()));
  }

  @ParameterizedTest
  @MethodSource
  void poison(String reason, @Nullable String key, byte @Nullable [] value, Instant at) {
    try (var harness = new Harness(stateDirectory)) {
      // given
      byte[] bytes = key == null ? null : key.getBytes(UTF_8);

      // when
      harness.sendToCohorts(new TestRecord<>(bytes, value, at));

      // then
      boolean emptyCohort = reason.equals("insane") && letters(harness, "wrong-key") == 1;
      assertThat(letters(harness, emptyCohort ? "wrong-key" : reason)).isEqualTo(1);
      assertThat(harness.deadLetters())
          .singleElement()
          .satisfies(
              letter -> {
                assertThat(letter.key()).isEqualTo(bytes);
                assertThat(letter.value())
                    .isEqualTo(
                        value == null
                            ? null
                            : Arrays.copyOf(value, Math.min(value.length, 64 << 10)));
                assertThat(letter.getRecordTime()).isEqualTo(START);
              });
      goesOn(harness);
    }
  }

  @Test
  void should_take_valid_inputs_of_cohorts() {
    try (var harness = new Harness(stateDirectory)) {
      for (var input :
          List.of(
              deviation(1).build(),
              deviations(deviation(2).setWaiting(-1), deviation(2).setSignal(Signal.CPU_STARTUP)),
              fingerprint(3, START).setCohort(COHORT).build(),
              alert().build(),
              control().build())) {
        harness.sendToCohorts(
            new TestRecord<>(COHORT.getBytes(UTF_8), INPUT.encode(new CohortInput(input)), START));
      }

      assertThat(harness.deadLetters()).isEmpty();
      goesOn(harness);
    }
  }

  /// Bytes of valid inputs with some of them changed: what can be read and is accepted must not
  /// stop the engine.
  @Test
  void should_go_on_after_damaged_inputs_of_any_kind() {
    try (var harness = new Harness(stateDirectory)) {
      var random = new SplittableRandom(12);
      var valid =
          Stream.of(
                  deviations(deviation(1), deviation(1).setStratum("all/log")),
                  fingerprint(3, START).setCohort(COHORT).build(),
                  alert().build(),
                  control().build())
              .map(input -> INPUT.encode(new CohortInput(input)))
              .toList();
      for (int n = 0; n < 20_000; n++) {
        byte[] bytes = valid.get(n % valid.size()).clone();
        for (int changes = random.nextInt(1, 4); changes > 0; changes--) {
          bytes[random.nextInt(10, bytes.length)] = (byte) random.nextInt();
        }
        harness.sendToCohorts(new TestRecord<>(COHORT.getBytes(UTF_8), bytes, START));
      }

      assertThat(harness.deadLetters()).hasSizeBetween(1_000, 20_000);
      goesOn(harness);
    }
  }

  private static CohortProfile.Builder profile() {
    return CohortProfile.newBuilder()
        .setCohort(COHORT)
        .setSignal(Signal.STARTUP)
        .setStratum("all")
        .setEffectiveFrom(START.minusSeconds(60))
        .setHosts(6)
        .setConnections(1_000)
        .setLogMedian(Math.log(8.0 * MILLI))
        .setLogMedianDeviation(0.1)
        .setShape(Collections.nCopies(65, 0f));
  }

  static Stream<Arguments> poisonedProfiles() {
    byte[] valid = PROFILE.encode(profile().build());
    var key = ProfileStore.key(profile().build());
    return Stream.concat(
        Stream.of(
            Arguments.of("no-value", key, null),
            Arguments.of("no-value", null, null),
            Arguments.of("wrong-key", null, valid),
            Arguments.of("wrong-key", "another", valid),
            Arguments.of("unreadable", key, "garbage".getBytes(UTF_8)),
            Arguments.of(
                "unknown-schema", key, new byte[] {(byte) 0xC3, 1, 1, 2, 3, 4, 5, 6, 7, 8})),
        Stream.of(
                profile().setLogMedian(Double.NaN),
                profile().setHosts(1).setLogMedian(1e300),
                profile().setLogMedianDeviation(-1),
                profile().setHosts(-1),
                profile().setShape(List.of()),
                profile().setShape(List.of(1f, 0f)),
                profile().setShape(List.of(0f, Float.POSITIVE_INFINITY)),
                profile().setSeason(List.of(0f)),
                profile().setSeason(Collections.nCopies(168, Float.NaN)))
            .map(CohortProfile.Builder::build)
            .map(made -> Arguments.of("insane", key, PROFILE.encode(made))));
  }

  @ParameterizedTest
  @MethodSource
  void poisonedProfiles(String reason, @Nullable String key, byte @Nullable [] value) {
    try (var harness = new Harness(stateDirectory)) {
      harness.sendProfile(new TestRecord<>(key == null ? null : key.getBytes(UTF_8), value, START));

      assertThat(letters(harness, reason)).isEqualTo(1);
      goesOn(harness);
    }
  }

  @Test
  void should_use_valid_profiles() {
    try (var harness = new Harness(stateDirectory)) {
      var made = profile().build();
      harness.sendProfile(
          new TestRecord<>(ProfileStore.key(made).getBytes(UTF_8), PROFILE.encode(made), START));

      assertThat(letters(harness, "insane")).isZero();
      goesOn(harness);
    }
  }

  /// Hosts and cohorts are still judged. An exception would close the driver.
  private static void goesOn(Harness harness) {
    double before = decisions(harness);
    harness.pass(Duration.ofMinutes(1));
    harness.send(auth(98, harness.now()).setCohort(COHORT));
    harness.sendToCohorts(
        new TestRecord<>(
            COHORT.getBytes(UTF_8), INPUT.encode(new CohortInput(control().build())), START));
    assertThat(decisions(harness)).isEqualTo(before + 1);
  }

  private static double decisions(Harness harness) {
    return harness.scraped("halfsecond_alert_decisions_total{result=\"ignored\"}");
  }

  private static double letters(Harness harness, String reason) {
    return harness.scraped("halfsecond_dead_letters_total{reason=\"%s\"}".formatted(reason));
  }
}
