package io.halfsecond.streams.simulation;

import io.halfsecond.schemas.CohortProfile;
import io.halfsecond.schemas.Deviation;
import io.halfsecond.schemas.Signal;
import io.halfsecond.streams.cohort.CohortLearning;
import io.halfsecond.streams.cohort.Profile;
import io.halfsecond.streams.cohort.Profiles;
import io.halfsecond.streams.measurement.SignalKey;
import io.halfsecond.streams.store.MapStore;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// The season of the week in the profile of a cohort, including the error of its estimation.
public record Season(Profile profile) {
  private static final Timing TIMING = Timing.every(300);
  private static final double NANOS = 1e6;

  /// No profiles are published.
  private static final Profiles NONE =
      new Profiles() {
        @Override
        public Optional<Profile> at(SignalKey cohort, Instant at) {
          return Optional.empty();
        }

        @Override
        public boolean anyBetween(SignalKey cohort, Instant from, Instant to) {
          return false;
        }
      };

  /// The last profile that production code makes from `weeks` weeks of `hosts` hosts with the same
  /// waves, each with a login every five minutes.
  public static Season estimate(
      Model model, List<Wave> waves, int hosts, int weeks, RandomGenerator random) {
    var regime = new Regime("cohort", TIMING, 0, waves);
    var sources =
        IntStream.range(0, hosts).mapToObj(_ -> new Source(regime, model, random, 0)).toList();
    var learning = new CohortLearning(new MapStore(), NONE);
    double median = model.median() * NANOS;
    CohortProfile last = null;
    double end = weeks * 7 * Wave.DAY_SECONDS;
    while (sources.getFirst().following() < end) {
      for (int host = 0; host < hosts; host++) {
        var source = sources.get(host).next();
        var deviation =
            Deviation.newBuilder()
                .setId("login-" + host)
                .setHost("host-" + host)
                .setCohort("cohort")
                .setSignal(Signal.PREAUTH)
                .setStratum("all")
                .setAt(WatchedKey.at(source.second()))
                .setValue(source.value() * NANOS)
                .setSeason(0)
                .setMedian(median)
                .setBaseline(1_000)
                .setSource(1)
                .setWaiting(0)
                .build();
        last = learning.learn(deviation, false, deviation.getAt()).orElse(last);
      }
    }
    if (last == null) {
      throw new IllegalArgumentException(
          "no profile in " + weeks + " weeks of " + hosts + " hosts");
    }
    return new Season(Profile.of(last));
  }

  double at(double second) {
    return profile.season(WatchedKey.at(second));
  }
}
