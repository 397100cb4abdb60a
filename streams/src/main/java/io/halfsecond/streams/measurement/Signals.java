package io.halfsecond.streams.measurement;

import static io.halfsecond.streams.histogram.Bins.FINE;
import static io.halfsecond.streams.histogram.Bins.NARROW;
import static io.halfsecond.streams.histogram.Bins.WIDE;

import io.halfsecond.schemas.Phase;
import io.halfsecond.schemas.Signal;
import io.halfsecond.schemas.Unit;
import io.halfsecond.streams.detector.DeadZone;
import io.halfsecond.streams.detector.SignalSettings;
import io.halfsecond.streams.histogram.Bins;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The table of signals. A signal is one row here, one mapping in [Measurements] and one panel.
///
/// The false-alarm budget of a host is divided among its signals and the self-test, and within a
/// signal among all strata that can occur, whether the host shows them or not. Expectations add up,
/// so the host as a whole keeps its budget, however its signals depend on each other.
public final class Signals {
  private static final double MILLI = 1e6;
  private static final String CONNECTION = "connection";

  /// One signal.
  ///
  /// @param label name on Prometheus labels and in keys, for example `cpu-startup`
  /// @param phase of a connection that the signal belongs to
  /// @param rhythm whether the hour of the week can show in the signal
  /// @param step shifts below it are not worth a page, however certain
  /// @param creep shifts below it are not worth a ticket
  /// @param definitions how many meanings it has. Each has strata of its own and an equal part of
  ///   the share, because a host may run two versions of sshd
  /// @param share of its host's false-alarm budget, all strata together
  /// @param words for a person, after "sshd"
  /// @param counted what one measurement belongs to, for a person
  public record Row(
      Signal signal,
      String label,
      Phase phase,
      Unit unit,
      Bins bins,
      boolean rhythm,
      DeadZone step,
      DeadZone creep,
      int definitions,
      double share,
      String words,
      String counted) {}

  // With the share of the self-test, the shares add up to 1. CPU time does not contain the network,
  // so its dead zones are narrower.
  private static final List<Row> ROWS =
      List.of(
          login(
              Signal.STARTUP,
              "startup",
              Phase.STARTUP,
              zone(0.10, 10),
              zone(0.04, 1),
              0.2,
              "startup"),
          // Key exchange waits for the client: the network's round-trip time is part of it.
          login(
              Signal.PREAUTH,
              "preauth",
              Phase.PREAUTH,
              zone(0.10, 50),
              zone(0.04, 10),
              0.15,
              "preauth"),
          login(
              Signal.CPU_STARTUP,
              "cpu-startup",
              Phase.STARTUP,
              zone(0.05, 3),
              zone(0.03, 0.5),
              0.2,
              "CPU in startup"),
          login(
              Signal.CPU_PREAUTH,
              "cpu-preauth",
              Phase.PREAUTH,
              zone(0.05, 5),
              zone(0.03, 1),
              0.15,
              "CPU in preauth"),
          login(
              Signal.CPU_SESSION,
              "cpu-session",
              Phase.SESSION,
              zone(0.10, 10),
              zone(0.05, 5),
              0.1,
              "CPU in the session"),
          // 20 faults is a shared library of some size; a tiny one costs 10. What a process maps
          // does not depend on the hour.
          new Row(
              Signal.FAULTS,
              "faults",
              Phase.STARTUP,
              Unit.COUNT,
              FINE,
              false,
              new DeadZone(0.05, 20),
              new DeadZone(0, 5),
              1,
              0.1,
              "page faults in startup",
              CONNECTION),
          // What banner and key exchange include changed with OpenSSH 10.3, see [Strata].
          // The minimum of several is steady: 8 ms on a quiet and on a busy host, where the median
          // went from 8 to 14.
          probe(
              Signal.PROBE_BANNER,
              "probe-banner",
              Phase.STARTUP,
              zone(0.05, 1),
              zone(0.03, 0.3),
              2,
              0.04,
              "banner in the active probe"),
          // One connection each, and the wait for a CPU is included. On a busy host key exchange
          // took 11 to 28 ms, refusal 30 to 34.
          probe(
              Signal.PROBE_KEX,
              "probe-kex",
              Phase.PREAUTH,
              zone(0.10, 10),
              zone(0.05, 2),
              2,
              0.015,
              "key exchange in the active probe"),
          probe(
              Signal.PROBE_AUTH,
              "probe-auth",
              Phase.PREAUTH,
              zone(0.10, 10),
              zone(0.05, 2),
              1,
              0.015,
              "refusal in the active probe"),
          // The two views differ by two wake-ups, and by a payload that only the client waits for.
          probe(
              Signal.PROBE_GAP,
              "probe-gap",
              Phase.STARTUP,
              zone(0.10, 5),
              zone(0.05, 1),
              1,
              0.015,
              "gap between the client's and the kernel's view of startup"));

  private static final Map<Signal, Row> BY_SIGNAL = new EnumMap<>(Signal.class);

  static {
    ROWS.forEach(row -> BY_SIGNAL.put(row.signal, row));
  }

  private Signals() {}

  /// All signals that this version knows.
  public static List<Row> all() {
    return ROWS;
  }

  /// @throws IllegalArgumentException for UNKNOWN, which means a signal of a newer version
  public static Row of(Signal signal) {
    var row = BY_SIGNAL.get(signal);
    if (row == null) {
      throw new IllegalArgumentException("signal " + signal + " is not judged");
    }
    return row;
  }

  /// The signal with this label, if there is one.
  public static Optional<Signal> find(String label) {
    return ROWS.stream().filter(row -> row.label.equals(label)).map(Row::signal).findFirst();
  }

  /// @throws IllegalArgumentException if no signal has this label
  public static Signal labelled(String label) {
    return find(label)
        .orElseThrow(() -> new IllegalArgumentException("no signal is labelled " + label));
  }

  public static String label(Signal signal) {
    return of(signal).label;
  }

  public static Unit unit(Signal signal) {
    return of(signal).unit;
  }

  public static Bins bins(Signal signal) {
    return of(signal).bins;
  }

  /// How the detector judges a stratum of the signal.
  public static SignalSettings settings(Signal signal, String stratum) {
    var row = of(signal);
    return new SignalSettings(
        row.bins, row.step, row.creep, row.share / row.definitions * Strata.share(stratum));
  }

  /// Measured on people's connections.
  private static Row login(
      Signal signal,
      String label,
      Phase phase,
      DeadZone step,
      DeadZone creep,
      double share,
      String words) {
    return new Row(
        signal,
        label,
        phase,
        Unit.NANOSECONDS,
        WIDE,
        true,
        step,
        creep,
        1,
        share,
        words,
        CONNECTION);
  }

  /// Measured on the active probe's connections. They depend on the load of the day.
  private static Row probe(
      Signal signal,
      String label,
      Phase phase,
      DeadZone step,
      DeadZone creep,
      int definitions,
      double share,
      String words) {
    return new Row(
        signal,
        label,
        phase,
        Unit.NANOSECONDS,
        NARROW,
        true,
        step,
        creep,
        definitions,
        share,
        words,
        "probe");
  }

  private static DeadZone zone(double relative, double millis) {
    return new DeadZone(relative, millis * MILLI);
  }
}
