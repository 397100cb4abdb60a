package io.halfsecond.streams.measurement;

import io.halfsecond.schemas.Phase;
import io.halfsecond.schemas.Signal;
import io.halfsecond.schemas.Unit;
import io.halfsecond.streams.detector.DeadZone;
import io.halfsecond.streams.detector.SignalSettings;
import io.halfsecond.streams.histogram.Bins;
import java.util.List;

/// What is known beforehand of every signal: its name on labels, its phase, its unit, how it is judged.
///
/// The false-alarm budget of a host is divided up among the signals, and within a signal among the strata that it can have,
/// whether the host shows them or not. Expectations add up: so the host as a whole keeps the budget, however its
/// signals depend on each other.
public final class Signals {
  private static final List<Signal> JUDGED = List.of(Signal.STARTUP, Signal.PREAUTH, Signal.CPU_STARTUP,
    Signal.CPU_PREAUTH, Signal.CPU_SESSION, Signal.FAULTS);

  private static final double MILLI = 1e6;

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
      case FAULTS -> "faults";
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
      case STARTUP, CPU_STARTUP, FAULTS -> Phase.STARTUP;
      case PREAUTH, CPU_PREAUTH -> Phase.PREAUTH;
      case CPU_SESSION -> Phase.SESSION;
    };
  }

  public static Unit unit(Signal signal) {
    return switch (signal) {
      case UNKNOWN -> Unit.UNKNOWN;
      case STARTUP, PREAUTH, CPU_STARTUP, CPU_PREAUTH, CPU_SESSION -> Unit.NANOSECONDS;
      case FAULTS -> Unit.COUNT;
    };
  }

  public static Bins bins(Signal signal) {
    return switch (unit(signal)) {
      case NANOSECONDS, UNKNOWN -> Bins.WIDE;
      case COUNT -> Bins.FINE;
    };
  }

  /// Whether the hour of the day can show in the signal. What a process maps does not depend on it.
  public static boolean hasRhythm(Signal signal) {
    return switch (signal) {
      case UNKNOWN, STARTUP, PREAUTH, CPU_STARTUP, CPU_PREAUTH, CPU_SESSION -> true;
      case FAULTS -> false;
    };
  }

  /// @throws IllegalArgumentException for UNKNOWN, which is never judged
  public static SignalSettings settings(Signal signal, String stratum) {
    return new SignalSettings(bins(signal), step(signal), creep(signal),
      share(signal) * Strata.share(stratum));
  }

  /// A shift smaller than this is not worth a page, however sure it is. CPU time has no network in it, so less will do.
  private static DeadZone step(Signal signal) {
    return switch (signal) {
      case STARTUP -> new DeadZone(0.10, 10 * MILLI);
      // Key exchange waits for the client: its round trip is in it.
      case PREAUTH -> new DeadZone(0.10, 50 * MILLI);
      case CPU_STARTUP -> new DeadZone(0.05, 3 * MILLI);
      case CPU_PREAUTH -> new DeadZone(0.05, 5 * MILLI);
      case CPU_SESSION -> new DeadZone(0.10, 10 * MILLI);
      // A shared library of some size; a tiny one costs 10.
      case FAULTS -> new DeadZone(0.05, 20);
      case UNKNOWN -> throw unjudged();
    };
  }

  /// A shift smaller than this is not worth a ticket.
  private static DeadZone creep(Signal signal) {
    return switch (signal) {
      case STARTUP -> new DeadZone(0.04, 1 * MILLI);
      case PREAUTH -> new DeadZone(0.04, 10 * MILLI);
      case CPU_STARTUP -> new DeadZone(0.03, 0.5 * MILLI);
      case CPU_PREAUTH -> new DeadZone(0.03, 1 * MILLI);
      case CPU_SESSION -> new DeadZone(0.05, 5 * MILLI);
      case FAULTS -> new DeadZone(0, 5);
      case UNKNOWN -> throw unjudged();
    };
  }

  private static double share(Signal signal) {
    return switch (signal) {
      case STARTUP, CPU_STARTUP -> 0.2;
      case PREAUTH, CPU_PREAUTH -> 0.15;
      // A tenth each for these, the active probe and the self-test.
      case CPU_SESSION, FAULTS -> 0.1;
      case UNKNOWN -> throw unjudged();
    };
  }

  private static IllegalArgumentException unjudged() {
    return new IllegalArgumentException("an unknown signal is not judged");
  }
}
