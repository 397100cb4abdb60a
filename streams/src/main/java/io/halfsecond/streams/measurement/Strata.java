package io.halfsecond.streams.measurement;

import io.halfsecond.schemas.Method;
import io.halfsecond.schemas.Outcome;
import java.util.Locale;
import java.util.Set;

/// Names of strata. Measurements are compared within a stratum only.
///
/// A stratum is `all`, or a method and an outcome as in `publickey/failed`, or `sshd-auth` where
/// the preauth child sends the server's identification and a figure of the probe therefore means
/// something else. A suffix says how its figures were measured:
///
/// | suffix | figures |
/// |---|---|
/// | none | the wait for a CPU is known and small |
/// | `/contended` | of connections that waited for a CPU for a quarter of their runnable time or more |
/// | `/wall` | wall times that include the wait for a CPU, because it is not known |
/// | `/log` | differences of the times of log lines |
final class Strata {
  static final String ALL = "all";

  /// Probes of a server whose preauth child identifies it (OpenSSH 10.3 and later).
  static final String SSHD_AUTH = "sshd-auth";

  /// Caches and hardware threads are shared under load: CPU time of a login rose from 14.6 to 22 ms
  /// on two busy cores, and stayed there up to twice the load. So these are two populations, not
  /// one that shifts.
  static final double CONTENDED_FROM = 0.25;

  private static final String CONTENDED = "/contended";
  private static final String WALL = "/wall";
  private static final String LOG = "/log";

  /// The strata that most hosts have.
  private static final Set<String> COMMON =
      Set.of(
          "publickey/accepted",
          "publickey/failed",
          "password/accepted",
          "password/failed",
          "keyboard-interactive/accepted",
          "keyboard-interactive/failed",
          "unknown/accepted",
          "unknown/failed",
          "none/failed");

  private static final double COMMON_SHARE = 0.9;

  /// All combinations; NO_PREAUTH has no preauth phase.
  private static final int COMBINATIONS = Method.values().length * (Outcome.values().length - 1);

  private Strata() {}

  static String of(Method method, Outcome outcome) {
    return label(method) + "/" + label(outcome);
  }

  /// @param waiting share of the runnable time, or negative if not known
  /// @param wall whether the figure is a wall time
  static String kernel(String stratum, double waiting, boolean wall) {
    if (waiting >= CONTENDED_FROM) {
      return stratum + CONTENDED;
    }
    return waiting < 0 && wall ? stratum + WALL : stratum;
  }

  static String log(String stratum) {
    return stratum + LOG;
  }

  /// The share of a stratum in the budget of its signal. Common strata have most of it. The shares
  /// of all possible strata of a definition add up to at most 1.
  static double share(String stratum) {
    int suffix = suffixAt(stratum);
    double share =
        switch (stratum.substring(suffix)) {
          case "" -> 0.65;
          case CONTENDED -> 0.2;
          case WALL, LOG -> 0.075;
          default -> throw new IllegalArgumentException("no stratum has this suffix: " + stratum);
        };
    var base = stratum.substring(0, suffix);
    if (base.equals(ALL) || base.equals(SSHD_AUTH)) {
      return share;
    }
    return share
        * (COMMON.contains(base)
            ? COMMON_SHARE / COMMON.size()
            : (1 - COMMON_SHARE) / (COMBINATIONS - COMMON.size()));
  }

  private static int suffixAt(String stratum) {
    int last = stratum.lastIndexOf('/');
    boolean suffixed = last >= 0 && Set.of(CONTENDED, WALL, LOG).contains(stratum.substring(last));
    return suffixed ? last : stratum.length();
  }

  private static String label(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
