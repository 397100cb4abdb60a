package io.halfsecond.collector.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.collector.event.ExitStatus;
import io.halfsecond.collector.event.KernelEvent;
import io.halfsecond.collector.event.LogEvent;
import io.halfsecond.collector.event.ProbeEvent;
import io.halfsecond.collector.event.SshEvent;
import io.halfsecond.collector.event.SshdMessage;
import io.halfsecond.collector.event.Usage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionAssemblerTest {
  private static final long SEED = 20240329;
  private static final int TRIES = 200;
  private static final long MILLI = 1_000_000;

  private record Arrival(long atNanos, SshEvent event) {}

  static List<Scenario> scenarios() {
    return Scenario.all();
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void should_give_the_expected_results_when_a_scenario_is_played(Scenario scenario) {
    assertThat(scenario.play()).containsExactlyElementsOf(scenario.expected());
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void should_give_the_same_results_when_sources_lag_behind_each_other(Scenario scenario) {
    var random = new Random(SEED);
    for (int run = 0; run < TRIES; run++) {
      // given: process events up to 20 ms late, accounts up to 150 ms, lines up to 700 ms, each in
      // its own order;
      // the probe is on time
      var arrivals = new ArrayList<Arrival>();
      arrivals.addAll(
          delayed(scenario, random, 20, e -> e instanceof KernelEvent && !isAccount(e)));
      arrivals.addAll(delayed(scenario, random, 150, ConnectionAssemblerTest::isAccount));
      arrivals.addAll(delayed(scenario, random, 700, LogEvent.class::isInstance));
      arrivals.addAll(delayed(scenario, random, 0, ProbeEvent.class::isInstance));
      arrivals.sort(Comparator.comparingLong(Arrival::atNanos));

      // when
      var assembler = scenario.assembler((_, _) -> {});
      var results = new ArrayList<Result>();
      for (var arrival : arrivals) {
        results.addAll(assembler.advanceTo(arrival.atNanos()));
        results.addAll(assembler.accept(arrival.event()));
      }
      results.addAll(assembler.advanceTo(arrivals.getLast().atNanos() + 3_600_000 * MILLI));

      // then
      assertThat(Scenario.render(results, assembler))
          .as("seed %d, run %d", SEED, run)
          .containsExactlyInAnyOrderElementsOf(scenario.expected());
    }
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void should_decide_the_fate_of_every_event_once(Scenario scenario) {
    // given
    var fates = new IdentityHashMap<SshEvent, Integer>();
    var assembler = scenario.assembler((event, _) -> fates.merge(event, 1, Integer::sum));

    // when
    for (var event : scenario.events()) {
      assembler.advanceTo(event.atNanos());
      assembler.accept(event);
      assertThat(fates.size() + assembler.heldEvents())
          .isEqualTo(scenario.events().indexOf(event) + 1);
    }
    assembler.advanceTo(Long.MAX_VALUE / 2);

    // then
    assertThat(assembler.heldEvents()).isZero();
    assertThat(fates)
        .hasSize(scenario.events().size())
        .allSatisfy((_, times) -> assertThat(times).isOne());
  }

  @Test
  void should_balance_and_emit_once_when_events_come_in_any_order() {
    var random = new Random(SEED);
    for (int run = 0; run < TRIES; run++) {
      // given: the events of all kernel scenarios thrown together, cut and doubled at random
      var events = new ArrayList<SshEvent>();
      for (var scenario : Scenario.all()) {
        scenario.events().stream().filter(_ -> random.nextInt(10) > 0).forEach(events::add);
      }
      java.util.Collections.shuffle(events, random);
      var settings = Scenario.named("success-9.2").settings(4);
      var assembler = new ConnectionAssembler(settings, (_, _) -> {});

      // when
      var results = new ArrayList<Result>();
      for (var event : events) {
        results.addAll(assembler.accept(event));
        results.addAll(assembler.advanceTo(event.atNanos()));
        var counts = assembler.connections();
        assertThat(counts.opened()).isEqualTo(counts.closed() + counts.open());
        assertThat(counts.open()).isLessThanOrEqualTo(4);
      }

      // then
      assertThat(results.stream().filter(Result.ConnectionEnded.class::isInstance).count())
          .isEqualTo(assembler.connections().closed());
      assertThat(results.stream().filter(ConnectionAssemblerTest::decidesOrWasFoundDecided).count())
          .isBetween(assembler.connections().closed(), assembler.connections().opened());
    }
  }

  /// Of a connection that was authenticated when it was found there may be the second result only.
  private static boolean decidesOrWasFoundDecided(Result result) {
    return switch (result) {
      case Result.AuthenticationDecided decided -> decided.seenSinceNanos().isEmpty();
      case Result.ConnectionEnded ended -> ended.seenSinceNanos().isPresent();
      case Result.Probed _ -> false;
    };
  }

  @Test
  void should_keep_a_line_when_its_time_is_rounded_down_and_its_fork_is_read_later() {
    // given: read at 900 ms, with the time of the full second
    var fates = new ArrayList<Fate>();
    var assembler =
        new ConnectionAssembler(
            Scenario.named("success-9.2").settings(), (_, fate) -> fates.add(fate));
    assembler.accept(new KernelEvent.ListenerFound(0, 900, "sshd"));
    assembler.accept(new LogEvent(0, 1000, accepted()), 900 * MILLI);

    // when
    assembler.advanceTo(1100 * MILLI);
    assembler.accept(new KernelEvent.Forked(850 * MILLI, 900, 1000, Optional.empty()));

    // then
    assertThat(fates).containsExactly(Fate.ASSEMBLED, Fate.ASSEMBLED, Fate.ASSEMBLED);
    assertThat(assembler.heldEvents()).isZero();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void should_give_an_incomplete_record_when_a_line_was_given_up_before_its_fork_was_read(
      boolean forkedBefore) {
    // given: the second process has taken the pid after the line
    var assembler = new ConnectionAssembler(Scenario.named("success-9.2").settings(), (_, _) -> {});
    assembler.accept(new KernelEvent.ListenerFound(0, 900, "sshd"));
    assembler.accept(new LogEvent(160 * MILLI, 1000, accepted()));
    assembler.advanceTo(10_000 * MILLI);
    assertThat(assembler.heldEvents()).isZero();
    long forkedAt = forkedBefore ? 1 : 161 * MILLI;

    // when
    assembler.accept(new KernelEvent.Forked(forkedAt, 900, 1000, Optional.empty()));
    var results =
        assembler.accept(
            new KernelEvent.Exited(
                200 * MILLI, 1000, 900, new ExitStatus.Code(255), Optional.empty()));

    // then
    assertThat(results).hasSize(2);
    assertThat(results.stream().map(Scenario::render))
        .allMatch(result -> result.contains(" incomplete") == forkedBefore);
  }

  @Test
  void should_give_an_incomplete_record_when_the_line_that_names_the_method_is_read_too_late() {
    // given: everything but the lines
    var scenario = Scenario.named("success-9.2");
    var assembler = new ConnectionAssembler(scenario.settings(), (_, _) -> {});
    var results = new ArrayList<Result>();
    for (var event : scenario.events()) {
      if (event instanceof KernelEvent && event.atNanos() <= 190 * MILLI) {
        results.addAll(assembler.accept(event));
      }
    }
    results.addAll(assembler.advanceTo(2000 * MILLI));

    // when
    assembler.accept(new LogEvent(160 * MILLI, 1000, accepted()));
    for (var event : scenario.events()) {
      if (event instanceof KernelEvent && event.atNanos() > 190 * MILLI) {
        results.addAll(assembler.accept(event));
      }
    }
    results.addAll(assembler.advanceTo(9000 * MILLI));

    // then: the first record was written before; the second is not judged
    assertThat(results).hasSize(2);
    assertThat(Scenario.render(results.getFirst())).contains("ACCEPTED UNKNOWN UNKNOWN");
    assertThat(Scenario.render(results.getLast()))
        .contains("ACCEPTED UNKNOWN UNKNOWN")
        .contains(" incomplete");
  }

  @Test
  void should_give_incomplete_records_when_lines_were_lost_before_the_decision() {
    // given: one connection is decided, one is not
    var scenario = Scenario.named("success-9.2");
    var assembler = new ConnectionAssembler(scenario.settings(), (_, _) -> {});
    for (var event : scenario.events()) {
      if (event.atNanos() <= 190 * MILLI) {
        assembler.accept(event);
      }
    }
    assembler.advanceTo(2000 * MILLI);
    assembler.accept(new KernelEvent.Forked(2000 * MILLI, 900, 2000, Optional.empty()));

    // when
    assembler.onLinesLost();
    var results = new ArrayList<Result>();
    for (int pid : List.of(1003, 1000, 2000)) {
      results.addAll(
          assembler.accept(
              new KernelEvent.Exited(
                  2001 * MILLI, pid, 900, new ExitStatus.Code(255), Optional.empty())));
    }
    results.addAll(assembler.advanceTo(9000 * MILLI));

    // then
    assertThat(results.stream().map(Scenario::render))
        .hasSize(3)
        .allMatch(result -> result.contains(" incomplete") == result.contains(" 2000 "));
  }

  private static SshdMessage accepted() {
    return new SshdMessage.Authentication(
        SshdMessage.AuthResult.ACCEPTED, "publickey", "alice", false, "192.0.2.7", 4711);
  }

  @Test
  void should_not_track_a_connection_when_there_are_too_many() {
    // given
    var fates = new EnumMap<Fate, Integer>(Fate.class);
    var assembler =
        new ConnectionAssembler(
            Scenario.named("success-9.2").settings(1),
            (_, fate) -> fates.merge(fate, 1, Integer::sum));
    assembler.accept(new KernelEvent.ListenerFound(0, 900, "sshd"));
    assembler.accept(new KernelEvent.Forked(1, 900, 1000, Optional.empty()));

    // when
    assembler.accept(new KernelEvent.Forked(2, 900, 1001, Optional.empty()));

    // then
    assertThat(assembler.overflowed()).isOne();
    assertThat(assembler.connections()).isEqualTo(new Connections(1, 0, 1));
    assertThat(fates).isEqualTo(new EnumMap<>(Map.of(Fate.ASSEMBLED, 2, Fate.OVERFLOW, 1)));
  }

  @Test
  void should_end_a_connection_as_incomplete_when_its_exits_were_lost_and_its_pids_are_gone() {
    // given
    var assembler =
        new ConnectionAssembler(Scenario.named("exit-6-refused-9.8").settings(), (_, _) -> {});
    assembler.accept(new KernelEvent.ListenerFound(0, 900, "sshd"));
    assembler.accept(new KernelEvent.Forked(1, 900, 1000, Optional.empty()));
    assembler.accept(new KernelEvent.Lost(100 * MILLI, 50 * MILLI, 3));

    // when
    var results = new ArrayList<>(assembler.reconcile(1000 * MILLI, Set.of(1, 900)));
    results.addAll(assembler.advanceTo(3000 * MILLI));

    // then
    assertThat(results.stream().map(Scenario::render))
        .containsExactly(
            "auth 1000 born 0.0 decided 1000.0 UNKNOWN UNKNOWN UNKNOWN - - startup - cpu - queue -"
                + " faults - wait - preauth - cpu - queue - faults - exe - KERNEL incomplete",
            "end 1000 ended 1000.0 UNKNOWN UNKNOWN UNKNOWN - session - sessions 0 total - cpu  exe"
                + " - KERNEL incomplete lost 3");
    assertThat(assembler.connections()).isEqualTo(new Connections(1, 1, 0));
  }

  @Test
  void should_keep_a_connection_when_its_pids_are_alive_after_a_loss() {
    // given
    var assembler =
        new ConnectionAssembler(Scenario.named("exit-6-refused-9.8").settings(), (_, _) -> {});
    assembler.accept(new KernelEvent.ListenerFound(0, 900, "sshd"));
    assembler.accept(new KernelEvent.Forked(1, 900, 1000, Optional.empty()));
    assembler.accept(new KernelEvent.Lost(100 * MILLI, 50 * MILLI, 3));

    // when
    var results = assembler.reconcile(1000 * MILLI, Set.of(1, 900, 1000));

    // then
    assertThat(results).isEmpty();
    assertThat(assembler.connections().open()).isOne();
  }

  @Test
  void should_give_up_an_uncertain_connection_when_its_time_is_over() {
    // given
    var assembler =
        new ConnectionAssembler(Scenario.named("exit-6-refused-9.8").settings(), (_, _) -> {});
    assembler.accept(new KernelEvent.ListenerFound(0, 900, "sshd"));
    assembler.accept(new KernelEvent.Forked(1, 900, 1000, Optional.empty()));
    assembler.accept(new KernelEvent.Lost(100 * MILLI, 50 * MILLI, 3));
    assembler.advanceTo(200 * MILLI);

    // when
    assembler.advanceTo(90_000_000 * MILLI);
    assembler.advanceTo(90_001_000 * MILLI);

    // then
    assertThat(assembler.connections()).isEqualTo(new Connections(1, 1, 0));
  }

  @Test
  void should_hold_no_process_that_is_gone_when_a_session_is_long() {
    // given
    var assembler =
        new ConnectionAssembler(Scenario.named("exit-6-refused-9.8").settings(), (_, _) -> {});
    for (var event : Scenario.named("root-9.2").events().subList(0, 8)) {
      assembler.accept(event);
    }

    // when: a root ControlMaster with ten thousand sessions, then the end
    for (int i = 0; i < 10_000; i++) {
      long at = (200 + i * 1000L) * MILLI;
      int pid = 2000 + i;
      assembler.accept(new KernelEvent.Forked(at, 1000, pid, Optional.empty()));
      assembler.accept(new KernelEvent.SessionLed(at + 1, pid));
      assembler.accept(new KernelEvent.Accounted(at + 2, pid, new Usage(5, 0, 0)));
      assembler.accept(
          new KernelEvent.Exited(at + 3, pid, 1000, new ExitStatus.Code(0), Optional.empty()));
      assembler.advanceTo(at + 4);
    }
    assertThat(assembler.trackedProcesses()).isLessThan(5);
  }

  @Test
  void should_keep_one_timer_of_a_connection_when_losses_follow_each_other() {
    // given
    var assembler =
        new ConnectionAssembler(Scenario.named("exit-6-refused-9.8").settings(), (_, _) -> {});
    assembler.accept(new KernelEvent.ListenerFound(0, 900, "sshd"));
    assembler.accept(new KernelEvent.Forked(1, 900, 1000, Optional.empty()));
    assembler.accept(new KernelEvent.Forked(1, 900, 1001, Optional.empty()));

    // when
    for (int i = 1; i <= 1000; i++) {
      assembler.accept(new KernelEvent.Lost(i * MILLI, (i - 1) * MILLI, 1));
    }

    // then
    assertThat(assembler.timers()).isEqualTo(2);
    assembler.reconcile(2000 * MILLI, Set.of(1, 900, 1001));
    assembler.advanceTo(4000 * MILLI);
    assertThat(assembler.connections()).isEqualTo(new Connections(2, 1, 1));
    assertThat(assembler.timers()).isOne();
  }

  @Test
  void should_hold_no_session_that_is_gone_when_there_are_no_accounts() {
    // given: a connection up to its user child, 1003
    var assembler = new ConnectionAssembler(Scenario.named("success-9.2").settings(), (_, _) -> {});
    for (var event : Scenario.named("success-9.2").events()) {
      if (event.atNanos() <= 190 * MILLI) {
        assembler.accept(event);
      }
    }
    var before = assembler.trackedProcesses();

    // when
    for (int i = 0; i < 10_000; i++) {
      long at = (200 + i) * MILLI;
      assembler.accept(new KernelEvent.Forked(at, 1003, 2000 + i, Optional.empty()));
      assembler.accept(new KernelEvent.SessionLed(at + 1, 2000 + i));
      assembler.accept(
          new KernelEvent.Exited(at + 2, 2000 + i, 1003, new ExitStatus.Code(0), Optional.empty()));
    }

    // then
    assertThat(assembler.trackedProcesses()).isEqualTo(before);
  }

  @Test
  void
      should_end_a_connection_when_its_last_user_child_outlives_the_monitor_and_was_no_user_child() {
    // given
    var assembler = new ConnectionAssembler(Scenario.named("success-9.2").settings(), (_, _) -> {});
    for (var event : Scenario.named("success-9.2").events()) {
      if (event.atNanos() <= 190 * MILLI) {
        assembler.accept(event);
      }
    }
    assembler.accept(
        new KernelEvent.Exited(200 * MILLI, 1000, 900, new ExitStatus.Code(255), Optional.empty()));
    assembler.advanceTo(5000 * MILLI);
    assertThat(assembler.connections()).isEqualTo(new Connections(1, 0, 1));

    // when
    assembler.accept(new KernelEvent.Executed(5001 * MILLI, 1003, "bash"));

    // then
    assembler.advanceTo(10_000 * MILLI);
    assertThat(assembler.connections()).isEqualTo(new Connections(1, 1, 0));
  }

  @Test
  void should_recognise_the_preauth_child_when_the_name_of_what_it_executed_could_not_be_read() {
    // given
    var scenario = Scenario.named("success-10.0");
    var assembler = new ConnectionAssembler(scenario.settings(), (_, _) -> {});
    var results = new ArrayList<Result>();

    // when
    for (var event : scenario.events()) {
      results.addAll(
          assembler.accept(
              event instanceof KernelEvent.Executed exec && exec.executable().equals("sshd-auth")
                  ? new KernelEvent.Executed(exec.atNanos(), exec.pid(), "")
                  : event));
    }
    results.addAll(assembler.advanceTo(3_600_000 * MILLI));

    // then
    assertThat(results.stream().map(Scenario::render))
        .containsExactlyElementsOf(scenario.expected());
  }

  @Test
  void should_have_room_for_the_next_when_a_connection_told_by_the_log_is_decided() {
    // given: room for one connection
    var fates = new EnumMap<Fate, Integer>(Fate.class);
    var scenario = Scenario.named("log-only");
    var assembler =
        new ConnectionAssembler(
            scenario.settings(1), (_, fate) -> fates.merge(fate, 1, Integer::sum));
    var accepted =
        new SshdMessage.Authentication(
            SshdMessage.AuthResult.ACCEPTED, "publickey", "alice", false, "192.0.2.7", 4711);

    // when
    var results = new ArrayList<Result>();
    for (int pid = 1000; pid < 1100; pid++) {
      results.addAll(
          assembler.accept(
              new LogEvent(pid * MILLI, pid, new SshdMessage.ConnectionFrom("192.0.2.7", 4711))));
      results.addAll(assembler.accept(new LogEvent(pid * MILLI + 1, pid, accepted)));
      results.addAll(assembler.accept(new LogEvent(pid * MILLI + 2, pid, accepted)));
    }

    // then
    assertThat(results).hasSize(100);
    assertThat(fates).isEqualTo(new EnumMap<>(Map.of(Fate.ASSEMBLED, 300)));
    assertThat(assembler.connections()).isEqualTo(new Connections(100, 100, 0));
  }

  @Test
  void should_begin_a_new_connection_when_the_pid_of_one_told_by_the_log_turns_up_after_10_s() {
    // given
    var assembler = new ConnectionAssembler(Scenario.named("log-only").settings(), (_, _) -> {});
    var accepted =
        new SshdMessage.Authentication(
            SshdMessage.AuthResult.ACCEPTED, "publickey", "alice", false, "192.0.2.7", 4711);
    assembler.accept(new LogEvent(0, 1000, accepted));
    assembler.advanceTo(9_999 * MILLI);
    assembler.accept(new LogEvent(9_999 * MILLI, 1000, accepted));
    assertThat(assembler.connections()).isEqualTo(new Connections(1, 1, 0));

    // when
    assembler.advanceTo(10_000 * MILLI);
    assembler.accept(new LogEvent(10_000 * MILLI, 1000, accepted));

    // then
    assertThat(assembler.connections()).isEqualTo(new Connections(2, 2, 0));
  }

  private static List<Arrival> delayed(
      Scenario scenario,
      Random random,
      int mostMillis,
      java.util.function.Predicate<SshEvent> stream) {
    var arrivals = new ArrayList<Arrival>();
    long last = 0;
    for (var event : scenario.events().stream().filter(stream).toList()) {
      last =
          Math.max(
              last, event.atNanos() + (mostMillis == 0 ? 0 : random.nextLong(mostMillis * MILLI)));
      arrivals.add(new Arrival(last, event));
    }
    return arrivals;
  }

  private static boolean isAccount(SshEvent event) {
    return event instanceof KernelEvent.Accounted;
  }
}
