package io.halfsecond.streams.benchmark;

import io.halfsecond.streams.detector.AlertStep;
import io.halfsecond.streams.detector.Tier;
import io.halfsecond.streams.simulation.Model;
import io.halfsecond.streams.simulation.Regime;
import io.halfsecond.streams.simulation.Source;
import io.halfsecond.streams.simulation.WatchedKey;
import io.halfsecond.streams.simulation.Wave;
import io.halfsecond.streams.simulation.rival.Rival;
import java.util.random.RandomGenerator;

/// Watches for some time where nothing happens, and counts the alarms.
///
/// @param step pages
/// @param creep tickets
/// @param drift tickets about the baseline's own walk, which are true where it does walk
/// @param years watched
record Watch(long step, long creep, long drift, double years) {
  static final double YEAR_SECONDS = 365.25 * Wave.DAY_SECONDS;

  Watch plus(Watch other) {
    return new Watch(
        step + other.step, creep + other.creep, drift + other.drift, years + other.years);
  }

  static Watch none() {
    return new Watch(0, 0, 0, 0);
  }

  Alarms pages() {
    return new Alarms(step, years);
  }

  Alarms tickets() {
    return new Alarms(creep, years);
  }

  /// Keys of a host, one after the other: each learns, is watched until it alarms or has lived for
  /// long enough, and makes room for the next. Tickets about drift are accepted at once.
  ///
  /// @param watchedYears in all
  /// @param learnt samples at the beginning of each key, at their own pace, for which it is not
  ///   watched
  /// @param keyYears the longest that a key is watched
  static Watch keys(
      Setup setup,
      Regime regime,
      Model model,
      RandomGenerator random,
      String name,
      double watchedYears,
      int learnt,
      double keyYears) {
    var all = none();
    double from = 0;
    for (int key = 0; all.years < watchedYears; key++) {
      var host = setup.host(name + key + "-");
      var source = new Source(regime, model, random, from);
      if (learnt > 0) {
        host.learn(source, learnt);
      }
      all = all.plus(key(host, source, Math.min(keyYears, watchedYears - all.years)));
      from = StrictMath.ceil(source.following() / Wave.DAY_SECONDS) * Wave.DAY_SECONDS;
    }
    return all;
  }

  /// One key, to its first alarm.
  ///
  /// @param source that has come to where the key is watched from
  static Watch key(WatchedKey host, Source source, double years) {
    double from = source.following();
    long drift = 0;
    while (source.following() - from < years * YEAR_SECONDS) {
      for (var each : host.observe(source.next())) {
        if (!(each instanceof AlertStep.Opened(var facts))) {
          continue;
        }
        if (facts.tier() != Tier.DRIFT) {
          return new Watch(
              facts.tier() == Tier.STEP ? 1 : 0,
              facts.tier() == Tier.CREEP ? 1 : 0,
              drift,
              (source.following() - from) / YEAR_SECONDS);
        }
        drift++;
        host.accept(source.following());
      }
    }
    return new Watch(0, 0, drift, years);
  }

  /// A detector that is told to start over at every alarm. Alarms of samples in a row are one.
  static Alarms rival(Rival rival, double threshold, Source source, double years) {
    double from = source.following();
    long alarms = 0;
    boolean alarming = false;
    while (source.following() - from < years * YEAR_SECONDS) {
      source.next();
      boolean alarmed = alarming;
      alarming = rival.observe(source.second(), source.value()) >= threshold;
      if (alarming) {
        alarms += alarmed ? 0 : 1;
        rival.forget();
      }
    }
    return new Alarms(alarms, years);
  }
}
