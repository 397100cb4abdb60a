package io.halfsecond.collector.source.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.collector.assembly.AssemblerSettings;
import io.halfsecond.collector.assembly.AssemblerSettings.Inputs;
import io.halfsecond.collector.assembly.ConnectionAssembler;
import io.halfsecond.collector.assembly.Result;
import io.halfsecond.collector.event.ExitStatus;
import io.halfsecond.collector.event.KernelEvent;
import io.halfsecond.collector.event.LogEvent;
import io.halfsecond.collector.event.SshEvent;
import io.halfsecond.collector.event.SshdMessage;
import io.halfsecond.collector.event.SshdMessage.AuthResult;
import io.halfsecond.collector.source.log.SshdLogInjectionTest.Attack;
import io.halfsecond.schemas.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// The lines of [SshdLogInjectionTest], seen as connections: a client that chooses words adds no
/// connection, and none about somebody else.
class ConnectionInjectionTest {
  private static final long MILLI = 1_000_000;
  private static final long HOUR = 3_600_000 * MILLI;
  private static final int LISTENER = 900;
  private static final int MONITOR = 1000;
  private static final int PREAUTH_CHILD = 1001;
  private static final int USER_CHILD = 1002;
  private static final int PRIVSEP = 100;
  private static final SshdMessage FROM =
      new SshdMessage.ConnectionFrom(LogLines.ADDRESS, LogLines.PORT);
  private static final SshdMessage ACCEPTED =
      new SshdMessage.Authentication(
          AuthResult.ACCEPTED, "publickey", LogLines.USER, false, LogLines.ADDRESS, LogLines.PORT);

  private static List<Attack> attacks() {
    return SshdLogInjectionTest.attacks(SshdLogInjectionTest.payloads())
        .filter(attack -> !attack.row().processes().isEmpty())
        .toList();
  }

  @Test
  void should_be_about_the_client_when_the_log_alone_tells_of_its_attempt() {
    for (var attack : attacks()) {
      // when
      var decided = play(Inputs.LOG_ONLY, log(1, MONITOR, FROM), log(2, MONITOR, parsed(attack)));

      // then
      assertTruth(attack, decided);
    }
  }

  @Test
  void should_add_no_connection_when_a_client_writes_lines_after_its_login() {
    var attacks =
        SshdLogInjectionTest.attacks(SshdLogInjectionTest.payloads())
            .filter(attack -> !attack.preauth())
            .filter(
                attack ->
                    attack.row().processes().isEmpty() || attack.row().processes().contains("user"))
            .iterator();
    while (attacks.hasNext()) {
      var attack = attacks.next();
      var message = parsed(attack);
      if (message instanceof SshdMessage.Other || message instanceof SshdMessage.Unknown) {
        continue;
      }

      // when: the process of the session logs it, or that of root's session long after the login
      var decided =
          play(
              Inputs.LOG_ONLY,
              log(1, MONITOR, ACCEPTED),
              log(2, USER_CHILD, message),
              log(60_000, MONITOR, message));

      // then
      assertThat(decided).as("%s", attack).hasSize(1);
      assertThat(decided.getFirst().login().outcome()).isEqualTo(Outcome.ACCEPTED);
    }
  }

  @Test
  void should_be_about_the_client_when_the_kernel_tells_of_its_attempt() {
    for (var attack : attacks()) {
      // when
      var decided =
          play(
              Inputs.KERNEL_AND_LOG,
              new KernelEvent.ListenerFound(0, LISTENER, "sshd"),
              new KernelEvent.Forked(MILLI, LISTENER, MONITOR, Optional.empty()),
              new KernelEvent.Executed(2 * MILLI, MONITOR, "sshd"),
              new KernelEvent.Forked(9 * MILLI, MONITOR, PREAUTH_CHILD, Optional.empty()),
              new KernelEvent.UserChanged(
                  10 * MILLI, PREAUTH_CHILD, PRIVSEP, PRIVSEP, Optional.empty()),
              log(11, MONITOR, parsed(attack)),
              // a process that is not sshd's logs under its name
              log(12, USER_CHILD, ACCEPTED),
              new KernelEvent.Exited(
                  20 * MILLI, PREAUTH_CHILD, MONITOR, new ExitStatus.Code(255), Optional.empty()),
              new KernelEvent.Exited(
                  21 * MILLI, MONITOR, LISTENER, new ExitStatus.Code(255), Optional.empty()));

      // then
      assertTruth(attack, decided);
      assertThat(decided.getFirst().login().outcome()).isNotEqualTo(Outcome.ACCEPTED);
    }
  }

  private static void assertTruth(Attack attack, List<Result.AuthenticationDecided> decided) {
    assertThat(decided).as("%s", attack).hasSize(1);
    var login = decided.getFirst().login();
    assertThat(login.user().orElse(attack.user())).as("%s", attack).isIn(attack.user(), "root");
    assertThat(
            login.user().filter("root"::equals).isEmpty()
                || attack.row().meaning() == LogMeaning.ROOT_REFUSED)
        .as("%s", attack)
        .isTrue();
    assertThat(login.address().orElse(LogLines.ADDRESS))
        .as("%s", attack)
        .isEqualTo(LogLines.ADDRESS);
    if (login.outcome() == Outcome.ACCEPTED) {
      assertThat(attack.line()).startsWith("Accepted ");
    }
  }

  private static List<Result.AuthenticationDecided> play(Inputs inputs, SshEvent... events) {
    var assembler =
        new ConnectionAssembler(AssemblerSettings.defaults(inputs, Set.of(PRIVSEP)), (_, _) -> {});
    var results = new ArrayList<Result>();
    for (var event : events) {
      results.addAll(assembler.advanceTo(event.atNanos()));
      results.addAll(assembler.accept(event));
    }
    results.addAll(assembler.advanceTo(HOUR));
    return results.stream()
        .filter(Result.AuthenticationDecided.class::isInstance)
        .map(Result.AuthenticationDecided.class::cast)
        .toList();
  }

  private static LogEvent log(long atMillis, int pid, SshdMessage message) {
    return new LogEvent(atMillis * MILLI, pid, message);
  }

  private static SshdMessage parsed(Attack attack) {
    return SshdLogParser.parse(attack.line());
  }
}
