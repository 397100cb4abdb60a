package io.halfsecond.streams.benchmark;

import io.halfsecond.streams.simulation.Calibration;
import io.halfsecond.streams.simulation.Climb;
import io.halfsecond.streams.simulation.Model;
import io.halfsecond.streams.simulation.Models;
import io.halfsecond.streams.simulation.Regime;
import io.halfsecond.streams.simulation.Seed;
import io.halfsecond.streams.simulation.Source;
import io.halfsecond.streams.simulation.rival.OracleCusum;
import io.halfsecond.streams.simulation.rival.Rival;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// The thresholds at which each of the other detectors has one false alarm in half a million
/// samples when nothing changes: independent AUTH samples (an oracle: those of its own signal),
/// 2,000 of which have been learnt. Found when first asked for.
///
/// Not safe for use by several threads.
final class Thresholds {
  static final double RUN_LENGTH = 500_000;

  /// Of the runs that they are found from.
  private static final int RUN = 100_000;

  private record Found(double threshold, long alarms, long samples) {}

  private final Seed seed;
  private final Effort effort;
  private final Map<String, Found> found = new LinkedHashMap<>();

  Thresholds(Seed seed, Effort effort) {
    this.seed = seed;
    this.effort = effort;
  }

  double of(Contender contender) {
    long samples = contender.costly() ? effort.costlyNullSamples() : effort.nullSamples();
    return find(
        contender.name(),
        samples,
        run -> {
          var random = seed.of("null", run);
          return climb(contender.train(Models.AUTH, random), Models.AUTH, random);
        });
  }

  /// Of the oracle for a change.
  double of(Case oracle) {
    var alternative = oracle.alternative();
    return find(
        "oracle: " + oracle.name(),
        effort.costlyNullSamples(),
        run ->
            climb(new OracleCusum(alternative), oracle.before(), seed.of("null of oracles", run)));
  }

  private static Climb climb(Rival rival, Model model, RandomGenerator random) {
    var source = new Source(Regime.IID, model, random, 0);
    var climb = new Climb();
    for (int i = 0; i < RUN; i++) {
      source.next();
      climb.add(rival.observe(source.second(), source.value()));
    }
    return climb;
  }

  private double find(String name, long samples, IntFunction<Climb> run) {
    var known = found.get(name);
    if (known != null) {
      return known.threshold();
    }
    Progress.say("threshold of %s".formatted(name));
    var calibration =
        new Calibration(
            IntStream.range(0, (int) (samples / RUN)).parallel().mapToObj(run).toList());
    double threshold = calibration.threshold(RUN_LENGTH);
    found.put(name, new Found(threshold, calibration.alarms(threshold), calibration.samples()));
    return threshold;
  }

  /// What was found from what.
  String protocol() {
    var table = new Table("detector", "threshold", "false alarms", "samples");
    found.forEach(
        (name, it) ->
            table.row(
                name,
                it.threshold() < Float.MIN_NORMAL
                    ? "0"
                    : String.format(Locale.ROOT, "%.4g", it.threshold()),
                Long.toString(it.alarms()),
                Delays.thousands(it.samples())));
    return table.toString();
  }
}
