package io.halfsecond.streams.measurement;

import io.halfsecond.schemas.Phase;
import io.halfsecond.schemas.Signal;
import io.halfsecond.schemas.Unit;
import io.halfsecond.streams.detector.DeadZone;
import io.halfsecond.streams.detector.SignalSettings;
import io.halfsecond.streams.histogram.Bins;
import java.util.List;

/// What is known beforehand of every signal: its name on labels, its phase, its unit, how it is
/// judged.
///
/// The false-alarm budget of a host is divided up among the signals, and within a signal among the
/// strata that it can have, whether the host shows them or not. Expectations add up: so the host as
/// a whole keeps the budget, however its signals depend on each other.
public final class Signals {
  private static final List<Signal> JUDGED =
      List.of(
          Signal.STARTUP,
          Signal.PREAUTH,
          Signal.CPU_STARTUP,
          Signal.CPU_PREAUTH,
          Signal.CPU_SESSION,
          Signal.FAULTS,
          Signal.PROBE_BANNER,
          Signal.PROBE_KEX,
          Signal.PROBE_AUTH,
          Signal.PROBE_GAP,
          Signal.SELFTEST);

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
      case PROBE_BANNER -> "probe-banner";
      case PROBE_KEX -> "probe-kex";
      case PROBE_AUTH -> "probe-auth";
      case PROBE_GAP -> "probe-gap";
      case SELFTEST -> "selftest";
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
      case STARTUP, CPU_STARTUP, FAULTS, PROBE_BANNER, PROBE_GAP, SELFTEST -> Phase.STARTUP;
      case PREAUTH, CPU_PREAUTH, PROBE_KEX, PROBE_AUTH -> Phase.PREAUTH;
      case CPU_SESSION -> Phase.SESSION;
    };
  }

  public static Unit unit(Signal signal) {
    return switch (signal) {
      case UNKNOWN -> Unit.UNKNOWN;
      case STARTUP,
          PREAUTH,
          CPU_STARTUP,
          CPU_PREAUTH,
          CPU_SESSION,
          PROBE_BANNER,
          PROBE_KEX,
          PROBE_AUTH,
          PROBE_GAP,
          SELFTEST ->
          Unit.NANOSECONDS;
      case FAULTS -> Unit.COUNT;
    };
  }

  public static Bins bins(Signal signal) {
    return switch (signal) {
      case STARTUP, PREAUTH, CPU_STARTUP, CPU_PREAUTH, CPU_SESSION, UNKNOWN -> Bins.WIDE;
      case PROBE_BANNER, PROBE_KEX, PROBE_AUTH, PROBE_GAP, SELFTEST -> Bins.NARROW;
      case FAULTS -> Bins.FINE;
    };
  }

  /// Whether the hour of the day can show in the signal. What a process maps does not depend on it.
  /// A probe meets no people and no network, but the load of the day all the same.
  public static boolean hasRhythm(Signal signal) {
    return switch (signal) {
      case UNKNOWN, STARTUP, PREAUTH, CPU_STARTUP, CPU_PREAUTH, CPU_SESSION -> true;
      case PROBE_BANNER, PROBE_KEX, PROBE_AUTH, PROBE_GAP -> true;
      case FAULTS, SELFTEST -> false;
    };
  }

  /// How the detector judges the signal.
  ///
  /// @throws IllegalArgumentException for UNKNOWN, which is never judged, and SELFTEST, which has
  ///   no history to be judged by
  public static SignalSettings settings(Signal signal, String stratum) {
    return new SignalSettings(
        bins(signal), step(signal), creep(signal), share(signal) * Strata.share(stratum));
  }

  /// A shift smaller than this is not worth a page, however sure it is. CPU time has no network in
  /// it, so less will do.
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
      // The least of several is steady: 8 ms quiet and busy, where the median went from 8 to 14.
      case PROBE_BANNER -> new DeadZone(0.05, 1 * MILLI);
      // One connection each, with the wait for a CPU in it: key exchange took 11 to 28 ms, refusal
      // 30 to 34, on a busy host.
      case PROBE_KEX, PROBE_AUTH -> new DeadZone(0.10, 10 * MILLI);
      // What lies between the two views is two wake-ups, and a payload that only the client waits
      // for.
      case PROBE_GAP -> new DeadZone(0.10, 5 * MILLI);
      case SELFTEST, UNKNOWN -> throw unjudged(signal);
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
      case PROBE_BANNER -> new DeadZone(0.03, 0.3 * MILLI);
      case PROBE_KEX, PROBE_AUTH -> new DeadZone(0.05, 2 * MILLI);
      case PROBE_GAP -> new DeadZone(0.05, 1 * MILLI);
      case SELFTEST, UNKNOWN -> throw unjudged(signal);
    };
  }

  /// The signal's share of its host's budget, all strata together. Those of all signals add up to
  /// 1.
  ///
  /// @throws IllegalArgumentException for UNKNOWN, which is never judged
  public static double share(Signal signal) {
    return switch (signal) {
      case STARTUP, CPU_STARTUP -> 0.2;
      case PREAUTH, CPU_PREAUTH -> 0.15;
      // A tenth each for these, and for the active probe and the self-test together.
      case CPU_SESSION, FAULTS -> 0.1;
      case PROBE_BANNER -> 0.04;
      case PROBE_KEX, PROBE_AUTH, PROBE_GAP, SELFTEST -> 0.015;
      case UNKNOWN -> throw unjudged(signal);
    };
  }

  private static IllegalArgumentException unjudged(Signal signal) {
    return new IllegalArgumentException(
        "signal " + label(signal) + " is not judged by the detector");
  }
}
