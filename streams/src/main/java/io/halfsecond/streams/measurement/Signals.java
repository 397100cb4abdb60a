package io.halfsecond.streams.measurement;

import io.halfsecond.schemas.Method;
import io.halfsecond.schemas.Outcome;
import io.halfsecond.schemas.Phase;
import io.halfsecond.schemas.Signal;
import io.halfsecond.streams.detector.SignalSettings;
import java.time.Duration;
import java.util.List;

/// What is known beforehand of every signal: its name on labels, its phase, how it is judged.
///
/// The false-alarm budget of a host is shared: a fifth for each of the five signals, and that evenly among the
/// strata the signal can have, whether the host shows them or not. By the union bound the host as a whole then
/// keeps the budget, however its signals depend on each other.
public final class Signals {
  private static final List<Signal> JUDGED = List.of(Signal.STARTUP, Signal.PREAUTH, Signal.CPU_STARTUP,
    Signal.CPU_PREAUTH, Signal.CPU_SESSION);

  /// NO_PREAUTH has no preauth phase.
  private static final int OUTCOMES_WITH_PREAUTH = Outcome.values().length - 1;

  /// 7 methods x 5 outcomes = 35.
  static final int AUTHENTICATION_STRATA = Method.values().length * OUTCOMES_WITH_PREAUTH;

  private Signals() {}

  /// All signals but UNKNOWN.
  public static List<Signal> judged() {
    return JUDGED;
  }

  /// As on Prometheus labels and in keys, for example `cpu-startup`.
  public static String label(Signal signal) {
    return switch (signal) {
      case UNKNOWN -> "unknown";
      case STARTUP -> "startup";
      case PREAUTH -> "preauth";
      case CPU_STARTUP -> "cpu-startup";
      case CPU_PREAUTH -> "cpu-preauth";
      case CPU_SESSION -> "cpu-session";
    };
  }

  /// @throws IllegalArgumentException if no signal has this label
  public static Signal labelled(String label) {
    for (var signal : Signal.values()) {
      if (label(signal).equals(label)) {
        return signal;
      }
    }
    throw new IllegalArgumentException("no signal is labelled " + label);
  }

  /// Where in a connection's life the signal's time goes.
  public static Phase phase(Signal signal) {
    return switch (signal) {
      case UNKNOWN -> Phase.UNKNOWN;
      case STARTUP, CPU_STARTUP -> Phase.STARTUP;
      case PREAUTH, CPU_PREAUTH -> Phase.PREAUTH;
      case CPU_SESSION -> Phase.SESSION;
    };
  }

  /// How many strata a signal can have on a host. Startup: the wait for a CPU known or not. Preauth: from the kernel or
  /// from logs alone. CPU times come from the kernel only.
  static int strata(Signal signal) {
    return switch (signal) {
      case STARTUP -> 2;
      case PREAUTH -> 2 * AUTHENTICATION_STRATA;
      case CPU_PREAUTH -> AUTHENTICATION_STRATA;
      case CPU_STARTUP, CPU_SESSION, UNKNOWN -> 1;
    };
  }

  /// @throws IllegalArgumentException for UNKNOWN, which is never judged
  public static SignalSettings settings(Signal signal) {
    return new SignalSettings(deadZone(signal).toNanos(), 1.0 / JUDGED.size() / strata(signal));
  }

  /// A shift smaller than this is not worth a page, however sure it is.
  private static Duration deadZone(Signal signal) {
    return switch (signal) {
      case STARTUP -> Duration.ofMillis(10);
      // Key exchange waits for the client: its round trip is in it.
      case PREAUTH -> Duration.ofMillis(50);
      case CPU_STARTUP -> Duration.ofMillis(5);
      case CPU_PREAUTH, CPU_SESSION -> Duration.ofMillis(10);
      case UNKNOWN -> throw new IllegalArgumentException("an unknown signal is not judged");
    };
  }
}
