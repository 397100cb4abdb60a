package io.halfsecond.streams;

import static io.halfsecond.streams.Given.MILLI;
import static io.halfsecond.streams.Given.START;
import static io.halfsecond.streams.Given.auth;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.AuthTiming;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/// Logins of one host, one a minute, with or without a backdoor.
final class Logins {
  /// Logins of the baseline: enough to detect a large shift within a few minutes.
  static final int LEARNED = 500;

  static final int SHIFTED = 40;

  private Logins() {}

  /// Login number n, at minute n. Every figure varies by 5 % from login to login.
  static AuthTiming.Builder login(int n, SplittableRandom random) {
    var at = START.plus(Duration.ofMinutes(n)).plusSeconds(7);
    return auth(n, at)
        .setStartupNanos(noisy(8, random))
        .setStartupCpuNanos(noisy(7, random))
        .setPreauthNanos(noisy(290, random))
        .setPreauthCpuNanos(noisy(20, random));
  }

  static long noisy(long millis, SplittableRandom random) {
    return (long) (millis * MILLI * Math.exp(0.05 * random.nextGaussian()));
  }

  static Instant minute(int n) {
    return START.plus(Duration.ofMinutes(n));
  }

  /// Logins `from` (inclusive) to `to` (exclusive).
  static void send(Harness harness, int from, int to, UnaryOperator<AuthTiming.Builder> change) {
    for (int n = from; n < to; n++) {
      harness.send(change.apply(login(n, new SplittableRandom(n))));
    }
  }

  static AuthTiming.Builder unchanged(AuthTiming.Builder login) {
    return login;
  }

  /// With the effect of the backdoored liblzma: half a second more, almost all of it CPU time.
  static AuthTiming.Builder backdoored(AuthTiming.Builder login) {
    return login
        .setStartupNanos(login.getStartupNanos() + 500 * MILLI)
        .setStartupCpuNanos(login.getStartupCpuNanos() + 480 * MILLI);
  }

  static List<Alert> inState(List<Alert> alerts, AlertState state) {
    return alerts.stream().filter(alert -> alert.getState() == state).toList();
  }
}
