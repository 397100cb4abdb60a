package io.halfsecond.collector.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.collector.assembly.Result;
import io.halfsecond.collector.assembly.Result.AuthenticationDecided;
import io.halfsecond.collector.assembly.Result.ConnectionKey;
import io.halfsecond.collector.assembly.Result.Login;
import io.halfsecond.collector.assembly.Result.Probed;
import io.halfsecond.collector.assembly.Result.Timing;
import io.halfsecond.collector.event.ProbeRound;
import io.halfsecond.collector.registry.RegisteredSource.Delivers;
import io.halfsecond.collector.source.Source;
import io.halfsecond.collector.source.SourceMeter;
import io.halfsecond.collector.source.SourceMeter.Condition;
import io.halfsecond.collector.source.SourceMeter.Reason;
import io.halfsecond.schemas.Evidence;
import io.halfsecond.schemas.Method;
import io.halfsecond.schemas.Outcome;
import io.halfsecond.schemas.ProbeOutcome;
import io.halfsecond.schemas.Role;
import io.halfsecond.schemas.UserClass;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;

class EvidenceWatchTest {
  private static final Timing UNKNOWN =
      new Timing(
          OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty());
  private static final Timing KNOWN =
      new Timing(
          OptionalLong.of(8_000_000),
          OptionalLong.empty(),
          OptionalLong.empty(),
          OptionalLong.empty());

  /// Says that it runs, whatever it delivers.
  private record Running(SourceMeter meter) implements Source {
    @Override
    public void start(EventSink sink) {
      meter.become(Condition.RUNNING, "reads");
    }

    @Override
    public void close() {
      meter.become(Condition.STOPPED, "");
    }
  }

  private final RegisteredSource kernel = running("kernel", Delivers.KERNEL_EVENTS);
  private final RegisteredSource log = running("log", Delivers.LOG_LINES);
  private final EvidenceWatch watch = new EvidenceWatch(List.of(kernel, log));

  private static RegisteredSource running(String name, Delivers delivers) {
    var source = RegisteredSource.open(name, delivers, () -> new Running(new SourceMeter()));
    source.start(_ -> true);
    return source;
  }

  private static AuthenticationDecided login(
      long second, Outcome outcome, Evidence evidence, Optional<String> user, boolean complete) {
    return new AuthenticationDecided(
        new ConnectionKey(
            1000, 0, evidence == Evidence.LOG ? OptionalLong.of(0) : OptionalLong.empty()),
        Duration.ofSeconds(second).toNanos(),
        "sshd",
        new Login(outcome, Method.UNKNOWN, UserClass.UNKNOWN, user, Optional.empty()),
        KNOWN,
        OptionalLong.empty(),
        UNKNOWN,
        evidence,
        complete,
        Optional.empty(),
        OptionalLong.empty());
  }

  private static Result unlogged(long second) {
    return login(second, Outcome.FAILED, Evidence.KERNEL, Optional.empty(), true);
  }

  private static Result logged(long second) {
    return login(second, Outcome.FAILED, Evidence.KERNEL_AND_LOG, Optional.of("alice"), true);
  }

  private static Result probed(long second, ProbeOutcome outcome, Timing startup) {
    return new Probed(
        second,
        Duration.ofSeconds(second).toNanos(),
        new ProbeRound(
            "127.0.0.1:22",
            "SSH-2.0-OpenSSH_9.2p1",
            outcome,
            "",
            5,
            OptionalLong.empty(),
            OptionalLong.empty(),
            OptionalLong.empty(),
            OptionalLong.empty(),
            OptionalLong.empty(),
            OptionalInt.empty()),
        startup,
        Role.UNKNOWN,
        OptionalLong.empty());
  }

  private void everyMinute(int times, LongFunction<Result> result) {
    for (int minute = 0; minute < times; minute++) {
      watch.accept(result.apply(60L * minute));
    }
  }

  @Test
  void should_doubt_a_log_without_a_line_of_three_probes_and_trust_it_at_the_first_line() {
    // when
    everyMinute(2, EvidenceWatchTest::unlogged);
    assertThat(log.degraded()).isFalse();
    watch.accept(unlogged(120));

    // then
    assertThat(log.degraded()).isTrue();
    assertThat(log.up()).isTrue();
    assertThat(kernel.degraded()).isFalse();
    assertThat(log.meter().state().detail()).contains("no line", "nothing was read");

    // when
    watch.accept(logged(180));

    // then
    assertThat(log.degraded()).isFalse();
    assertThat(log.meter().state().detail()).isEqualTo("reads");
  }

  @Test
  void should_wait_two_minutes_however_many_logins_there_are() {
    for (int second = 0; second < 120; second++) {
      watch.accept(unlogged(second));
    }
    assertThat(log.degraded()).isFalse();

    watch.accept(unlogged(120));

    assertThat(log.degraded()).isTrue();
  }

  @Test
  void should_trust_a_log_that_has_lines_of_some_logins() {
    for (int minute = 0; minute < 60; minute++) {
      watch.accept(minute % 3 == 0 ? logged(60L * minute) : unlogged(60L * minute));
    }

    assertThat(log.degraded()).isFalse();
  }

  @Test
  void should_doubt_a_log_whose_lines_are_not_understood() {
    everyMinute(
        3,
        second -> login(second, Outcome.ACCEPTED, Evidence.KERNEL_AND_LOG, Optional.empty(), true));

    assertThat(log.degraded()).isTrue();
  }

  @Test
  void should_ask_no_line_of_a_scan_a_damaged_connection_or_the_log_itself() {
    everyMinute(
        9, second -> login(second, Outcome.NO_PREAUTH, Evidence.KERNEL, Optional.empty(), true));
    everyMinute(
        9, second -> login(second, Outcome.FAILED, Evidence.KERNEL, Optional.empty(), false));
    everyMinute(9, second -> login(second, Outcome.FAILED, Evidence.LOG, Optional.empty(), true));

    assertThat(log.degraded()).isFalse();
  }

  @Test
  void should_say_what_became_of_the_lines() {
    assertThat(after(Reason.MALFORMED)).contains("none of the 2 lines read", "2 are unreadable");
    assertThat(after(Reason.UNRELATED)).contains("all 2 lines read are of other programs");
    assertThat(after(Reason.UNTRUSTED)).contains("2 of 2 lines", "have no pid");
    assertThat(after(Reason.IRRELEVANT)).contains("2 lines were read, about other connections");
  }

  private String after(Reason fate) {
    watch.accept(logged(0));
    everyMinute(
        3,
        second -> {
          if (second > 0) {
            log.meter().read();
            log.meter().dropped(fate);
          }
          return unlogged(second);
        });
    return log.meter().state().detail();
  }

  @Test
  void should_let_the_source_say_itself_what_it_lacks() {
    everyMinute(3, EvidenceWatchTest::unlogged);

    log.meter().become(Condition.DEGRADED, "waiting for /var/log/auth.log to exist");

    assertThat(log.meter().state().detail()).isEqualTo("waiting for /var/log/auth.log to exist");

    log.meter().become(Condition.UNAVAILABLE, "the disk broke");

    assertThat(log.degraded()).isFalse();
    assertThat(log.up()).isFalse();
  }

  @Test
  void should_doubt_a_kernel_that_shows_nothing_of_probes_that_sshd_refused() {
    // when
    everyMinute(3, second -> probed(second, ProbeOutcome.REFUSED, UNKNOWN));

    // then
    assertThat(kernel.degraded()).isTrue();
    assertThat(kernel.meter().state().detail()).contains("the kernel showed no connection");
    assertThat(log.degraded()).as("no kernel says that there was a login").isFalse();

    // when
    watch.accept(logged(200));

    // then
    assertThat(kernel.degraded()).isFalse();
  }

  @Test
  void should_not_doubt_a_kernel_for_probes_that_reached_no_sshd_or_were_only_not_recognised() {
    everyMinute(9, second -> probed(second, ProbeOutcome.UNREACHABLE, UNKNOWN));
    everyMinute(
        9,
        second -> {
          watch.accept(logged(second));
          return probed(second, ProbeOutcome.REFUSED, UNKNOWN);
        });
    everyMinute(9, second -> probed(second, ProbeOutcome.REFUSED, KNOWN));

    assertThat(kernel.degraded()).isFalse();
  }

  @Test
  void should_watch_no_source_that_does_not_run() {
    var stopped =
        RegisteredSource.open("log", Delivers.LOG_LINES, () -> new Running(new SourceMeter()));
    var other = new EvidenceWatch(List.of(kernel, stopped));
    for (int minute = 0; minute < 9; minute++) {
      other.accept(unlogged(60L * minute));
    }

    assertThat(stopped.meter().state().condition()).isEqualTo(Condition.STOPPED);
  }
}
