package io.halfsecond.deploy.simulation;

import io.halfsecond.deploy.simulation.Seed.Purpose;
import io.halfsecond.schemas.Method;
import io.halfsecond.schemas.Outcome;
import io.halfsecond.schemas.UserClass;
import java.util.HexFormat;
import java.util.SplittableRandom;

/// Draws connections. The figures are those of a Debian 12 on two cores; the distributions are
/// those that the detector's benchmark uses for authentication, CPU time and the probe.
final class Logins {
  private static final HexFormat HEX = HexFormat.of();
  private static final double MILLI = 1e6;
  private static final double DAY_MILLIS = 86_400_000;

  /// Standard deviation of the logarithms of the hosts' levels.
  private static final double APART = 0.2;

  private static final int BURST = 10;
  private static final long LOAD_LASTS_MILLIS = 600_000;

  private static final double CORRELATION = 0.6;
  private static final double FORGETS_MILLIS = 6 * 3_600_000;

  /// No login takes longer than LoginGraceTime.
  private static final double LONGEST_MILLIS = 120_000;

  private static final double FAULTS_OF_A_LIBRARY = 10;

  private final Fleet fleet;
  private final Seed seed;
  private final Changes changes;

  Logins(Fleet fleet, Changes changes) {
    this.fleet = fleet;
    this.seed = new Seed(fleet.seed());
    this.changes = changes;
  }

  Regime regime(int host) {
    var regimes = fleet.regimes();
    return regimes.get(seed.of(Purpose.REGIME, host, 0).nextInt(regimes.size()));
  }

  /// The factor by which this host is slower than others.
  double level(int host) {
    return factor(seed.of(Purpose.HOST, host, 0), APART);
  }

  /// The memory of a host of a regime whose connections depend on each other: the normal score of
  /// the next connection.
  ///
  /// @param score of the connection before
  /// @param pauseMillis time since then
  float score(int host, long number, float score, long pauseMillis) {
    double kept =
        switch (regime(host)) {
          case CORRELATED -> CORRELATION;
          case WANDERING -> StrictMath.exp(-pauseMillis / FORGETS_MILLIS);
          case QUIET, BURSTS, DIURNAL, DRIFT, HEAVY_TAILS, SCANS, BUSY -> 0;
        };
    return kept == 0
        ? 0
        : (float)
            (kept * score
                + Math.sqrt(1 - kept * kept) * seed.of(Purpose.SCORE, host, number).nextGaussian());
  }

  /// The time from a connection to the next one.
  ///
  /// @param number of the next one
  long pauseMillis(int host, long number, long atMillis) {
    var regime = regime(host);
    int scanned = changes.scanned(host, atMillis);
    double mean = 60_000 / fleet.perMinute() / scanned;
    if (regime == Regime.BURSTS && scanned == 1) {
      double apart = Math.min(6_000, mean);
      return (long) (number % BURST == 0 ? BURST * mean - (BURST - 1) * apart : apart);
    }
    double busy =
        regime == Regime.DIURNAL ? 1 + 0.8 * StrictMath.sin(2 * Math.PI * day(atMillis)) : 1;
    double u = seed.of(Purpose.GAP, host, number).nextDouble();
    return 1 + (long) (-StrictMath.log(1 - u) * mean / busy);
  }

  private double day(long atMillis) {
    return (fleet.begin().toEpochMilli() + atMillis) / DAY_MILLIS;
  }

  /// A connection.
  ///
  /// @param number of the connection on this host
  /// @param level of the host
  /// @param score as [#score]
  Login draw(int host, long number, long atMillis, double level, double score) {
    var random = seed.of(Purpose.LOGIN, host, number);
    var platform = fleet.platform(host);
    var regime = regime(host);
    var id = id(random);
    double now = level * wave(regime, host, number, atMillis, score);
    double waiting = waiting(regime, host, atMillis);
    double z = regime == Regime.CORRELATED ? score : random.nextGaussian();
    double startup = platform.startupMillis() * MILLI * now * StrictMath.exp(0.1 * z);
    long startupCpu = (long) (0.9 * startup) + changes.startupNanos(host, atMillis);
    long startupWait = (long) (0.1 * startup);
    long clientWait = platform.waitsForClient() ? (long) (exponential(random) * 2 * MILLI) : 0;
    long faults =
        Math.round(
            platform.faults()
                + 1.5 * random.nextGaussian()
                + FAULTS_OF_A_LIBRARY * changes.releases(host, atMillis));
    double kind = random.nextDouble();
    boolean scanner =
        kind
            < Math.max(regime == Regime.SCANS ? 0.7 : 0, 1 - 1.0 / changes.scanned(host, atMillis));
    double choice = random.nextDouble();
    var outcome =
        scanner
            ? choice < 0.6 ? Outcome.NO_PREAUTH : Outcome.FAILED
            : choice < 0.94 ? Outcome.ACCEPTED : Outcome.FAILED;
    var method =
        outcome == Outcome.NO_PREAUTH
            ? Method.UNKNOWN
            : scanner || choice > 0.97 ? Method.PASSWORD : Method.PUBLICKEY;
    var source = pseudonym(host, scanner ? 100 + random.nextInt(1_000) : random.nextInt(6));
    var user = outcome == Outcome.NO_PREAUTH ? "" : pseudonym(host, -1 - random.nextInt(4));
    double wall = preauth(regime, random, scanner || method == Method.PASSWORD, score) * now;
    long preauth =
        outcome == Outcome.NO_PREAUTH
            ? 0
            : (long) (Math.min(LONGEST_MILLIS, wall) * MILLI)
                + changes.preauthNanos(host, atMillis);
    long preauthCpu = preauth == 0 ? 0 : (long) (14.6 * MILLI * now * factor(random, 0.16));
    long preauthRunQueue = waited(random, preauthCpu, waiting);
    long session = outcome == Outcome.ACCEPTED ? (long) (exponential(random) * 5_000 * MILLI) : 0;
    long sessionCpu = session == 0 ? 0 : (long) (30 * MILLI * now * factor(random, 0.15));
    return new Login(
        id,
        outcome,
        method,
        scanner ? UserClass.INVALID : UserClass.VALID,
        user,
        source,
        startupCpu,
        startupWait,
        waited(random, startupCpu, waiting),
        clientWait,
        faults,
        preauth + preauthRunQueue,
        preauthCpu,
        preauthRunQueue,
        session,
        sessionCpu,
        waited(random, sessionCpu, waiting));
  }

  /// A connection of the active probe: for the banner alone, or until the user is refused.
  Login probe(int host, long number, long atMillis, double level, boolean refused) {
    var random = seed.of(Purpose.PROBE_CONNECTION, host, number);
    var platform = fleet.platform(host);
    double startup = platform.startupMillis() * MILLI * level * factor(random, 0.1);
    long preauth = refused ? (long) (42 * MILLI * level * factor(random, 0.1)) : 0;
    return new Login(
        id(random),
        refused ? Outcome.FAILED : Outcome.NO_PREAUTH,
        refused ? Method.PUBLICKEY : Method.UNKNOWN,
        refused ? UserClass.INVALID : UserClass.UNKNOWN,
        "",
        "",
        (long) (0.9 * startup) + changes.startupNanos(host, atMillis),
        (long) (0.1 * startup),
        (long) (exponential(random) * 0.1 * MILLI),
        0,
        platform.faults() + (long) (FAULTS_OF_A_LIBRARY * changes.releases(host, atMillis)),
        preauth,
        refused ? (long) (11 * MILLI * level * factor(random, 0.1)) : 0,
        0,
        0,
        0,
        0);
  }

  private double wave(Regime regime, int host, long number, long atMillis, double score) {
    return switch (regime) {
      case BURSTS -> factor(seed.of(Purpose.BURST, host, number / BURST), 0.1);
      case DIURNAL -> 1 + 0.1 * StrictMath.sin(2 * Math.PI * day(atMillis));
      case DRIFT -> StrictMath.pow(1.001, atMillis / DAY_MILLIS);
      case WANDERING -> StrictMath.exp(0.05 * score);
      case QUIET, CORRELATED, HEAVY_TAILS, SCANS, BUSY -> 1;
    };
  }

  /// Share of the time that a process could run in which it waits for a CPU.
  private double waiting(Regime regime, int host, long atMillis) {
    return regime == Regime.BUSY
        ? 0.5 * seed.of(Purpose.LOAD, host, atMillis / LOAD_LASTS_MILLIS).nextDouble()
        : 0.01;
  }

  private static long waited(SplittableRandom random, long cpu, double share) {
    return (long) (cpu * share / (1 - share) * (0.5 + random.nextDouble()));
  }

  private static double preauth(
      Regime regime, SplittableRandom random, boolean password, double score) {
    double kind = random.nextDouble();
    double z = regime == Regime.CORRELATED ? score : random.nextGaussian();
    if (password) {
      // PAM's delay after a failure.
      return 1_900 * StrictMath.exp(0.05 * z);
    }
    if (regime == Regime.HEAVY_TAILS && random.nextDouble() < 0.03) {
      return 600 * StrictMath.pow(1 - random.nextDouble(), -1 / 1.3);
    }
    return kind < 0.82 ? 290 * StrictMath.exp(0.12 * z) : 420 * StrictMath.exp(0.2 * z);
  }

  private String pseudonym(int host, int number) {
    return HEX.toHexDigits(seed.of(Purpose.PSEUDONYM, host, number).nextLong());
  }

  static String id(SplittableRandom random) {
    return HEX.toHexDigits(random.nextLong()) + HEX.toHexDigits(random.nextLong());
  }

  static double factor(SplittableRandom random, double sigma) {
    return StrictMath.exp(sigma * random.nextGaussian());
  }

  private static double exponential(SplittableRandom random) {
    return -StrictMath.log(1 - random.nextDouble());
  }
}
