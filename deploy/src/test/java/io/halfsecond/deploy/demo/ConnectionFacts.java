package io.halfsecond.deploy.demo;

import io.halfsecond.schemas.AuthTiming;
import io.halfsecond.schemas.Method;
import io.halfsecond.schemas.Outcome;
import io.halfsecond.schemas.SessionCpu;
import io.halfsecond.schemas.UserClass;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// What must be told of a connection.
///
/// @param user empty if sshd names none
/// @param named whether sshd names the client's address
/// @param reached the last phase that it got to
record ConnectionFacts(
    Outcome outcome,
    Method method,
    UserClass userClass,
    String user,
    boolean named,
    int sessions,
    Reached reached) {
  /// A phase of a connection.
  enum Reached {
    /** It ended before there was a preauth child. */
    NOTHING,
    STARTUP,
    /** There was a key exchange. */
    PREAUTH
  }

  /// No phase in a scenario lasts as long on the side of sshd: startup that is longer contains a
  /// client's wait.
  static final Duration CLIENTS_DELAY = Duration.ofSeconds(2);

  static ConnectionFacts accepted(Method method, String user, int sessions) {
    return new ConnectionFacts(
        Outcome.ACCEPTED, method, classOf(user), user, true, sessions, Reached.PREAUTH);
  }

  static ConnectionFacts failed(Method method, String user) {
    return new ConnectionFacts(
        Outcome.FAILED, method, classOf(user), user, true, 0, Reached.PREAUTH);
  }

  static ConnectionFacts failed(Method method, UserClass userClass, String user) {
    return new ConnectionFacts(Outcome.FAILED, method, userClass, user, true, 0, Reached.PREAUTH);
  }

  /// Ended before the client asked for a user.
  static ConnectionFacts unnamed(Outcome outcome, Reached reached) {
    return new ConnectionFacts(outcome, Method.UNKNOWN, UserClass.UNKNOWN, "", true, 0, reached);
  }

  ConnectionFacts withoutAddress() {
    return new ConnectionFacts(outcome, method, userClass, user, false, sessions, reached);
  }

  private static UserClass classOf(String user) {
    return user.equals("root") ? UserClass.ROOT : UserClass.VALID;
  }

  /// What is told otherwise than it must be, for people: `outcome FAILED, not ACCEPTED`.
  ///
  /// @param pseudonym of a name or an address
  List<String> wrongIn(
      AuthTiming timing, SessionCpu cpu, String address, UnaryOperator<String> pseudonym) {
    var wrong = new ArrayList<String>();
    compare(wrong, "outcome", timing.getOutcome(), outcome);
    compare(wrong, "method", timing.getMethod(), method);
    compare(wrong, "user class", timing.getUserClass(), userClass);
    name(wrong, "user", timing.getUserPseudonym(), user, pseudonym);
    name(wrong, "address", timing.getSourcePseudonym(), named ? address : "", pseudonym);
    compare(
        wrong, "startup", presence(timing.getStartupNanos()), presence(reached != Reached.NOTHING));
    compare(
        wrong, "preauth", presence(timing.getPreauthNanos()), presence(reached == Reached.PREAUTH));
    // Without the client's part of it, startup is not judged.
    long startup =
        timing
            .getClientWaitNanos()
            .map(waited -> timing.getStartupNanos().orElse(0L) - waited)
            .orElse(0L);
    if (startup >= CLIENTS_DELAY.toNanos()) {
      wrong.add("startup holds the client's delay");
    }
    compare(wrong, "complete", timing.getComplete(), true);
    compare(wrong, "sessions", cpu.getSessions(), sessions);
    compare(wrong, "outcome at the end", cpu.getOutcome(), outcome);
    compare(wrong, "method at the end", cpu.getMethod(), method);
    compare(wrong, "user class at the end", cpu.getUserClass(), userClass);
    compare(wrong, "complete at the end", cpu.getComplete(), true);
    compare(wrong, "total CPU", presence(cpu.getTotalCpuNanos()), presence(true));
    return wrong;
  }

  private static void compare(List<String> wrong, String fact, Object told, Object must) {
    if (!told.equals(must)) {
      wrong.add("%s %s, not %s".formatted(fact, told, must));
    }
  }

  private static void name(
      List<String> wrong,
      String fact,
      Optional<String> told,
      String must,
      UnaryOperator<String> pseudonym) {
    var expected = Optional.of(must).filter(name -> !name.isEmpty()).map(pseudonym);
    if (!told.equals(expected)) {
      wrong.add((told.isEmpty() ? "no " : "another ") + fact);
    }
  }

  private static String presence(Optional<Long> value) {
    return presence(value.isPresent());
  }

  private static String presence(boolean present) {
    return present ? "present" : "absent";
  }
}
