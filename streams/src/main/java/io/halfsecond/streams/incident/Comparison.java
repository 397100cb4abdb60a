package io.halfsecond.streams.incident;

import io.halfsecond.schemas.Tier;
import io.halfsecond.streams.histogram.Distribution;
import io.halfsecond.streams.histogram.Histogram;
import io.halfsecond.streams.histogram.Shift;
import io.halfsecond.streams.measurement.SignalKey;
import io.halfsecond.streams.measurement.Signals;
import io.halfsecond.streams.store.Times;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Compares hosts that have a change with hosts that lack it, by the median of their last few
/// measurements, each relative to its host's baseline.
///
/// **The test.** All hosts are ranked by that median. If n hosts have the change, the n highest
/// hosts show the shift, provided that their median lies beyond the dead zone. This depends on the
/// number of hosts with the change, not on which they are. So if the change has no effect and other
/// hosts might as well have got it, Fisher's exact test of the table is exact for any distribution:
/// all medians are over equally many measurements of the same time.
///
/// @param size measurements of each host
/// @param showing names of the hosts with the change that show the shift
/// @param before baselines of the hosts with the change, moved by as much as the hosts without it,
///   in the unit of the signal
/// @param after medians of the hosts with the change
record Comparison(
    SignalKey key,
    int size,
    TwoByTwo table,
    List<String> showing,
    Distribution before,
    Distribution after) {
  private static final int FEWEST_HOSTS = 2;

  /// An upgrade keeps a host busy, and is followed by logins that check it.
  private static final Duration SETTLING = Duration.ofMinutes(2);

  /// One host.
  ///
  /// @param log logarithm of its median divided by its baseline's
  private record Compared(String name, double normal, double log, boolean beyond) {
    double median() {
      return normal * StrictMath.exp(log);
    }
  }

  /// @param from hosts that got the change later are left out, and measurements before it
  /// @param size odd
  /// @param recents of the hosts in this signal and stratum
  /// @return empty if too few hosts have that many measurements since `from`
  static Optional<Comparison> of(
      Rollout rollout,
      SignalKey key,
      Instant from,
      int size,
      Map<String, RecentDeviations> recents) {
    long begun = Times.micros(from.plus(SETTLING));
    var with = new ArrayList<Compared>();
    var without = new ArrayList<Compared>();
    recents.forEach(
        (name, recent) -> {
          var since = rollout.since().get(name);
          if (since != null && !since.isAfter(from)) {
            var warm =
                rollout.findsCachesCold() ? recent.withoutFirstAfter(Times.micros(since)) : recent;
            host(key, name, recent, warm.since(begun, size)).ifPresent(with::add);
          } else if (rollout.without().contains(name)) {
            host(key, name, recent, recent.since(begun, size)).ifPresent(without::add);
          }
        });
    return with.size() < FEWEST_HOSTS || without.size() < FEWEST_HOSTS
        ? Optional.empty()
        : Optional.of(of(key, size, with, without));
  }

  private static Optional<Compared> host(
      SignalKey key, String name, RecentDeviations recent, List<RecentDeviations.Point> points) {
    if (points.isEmpty()) {
      return Optional.empty();
    }
    double log =
        points.stream()
            .mapToDouble(RecentDeviations.Point::log)
            .sorted()
            .skip(points.size() / 2)
            .findFirst()
            .orElseThrow();
    var zone = Signals.settings(key.signal(), key.stratum()).creep();
    double median = recent.median() * StrictMath.exp(log);
    return Optional.of(
        new Compared(name, recent.median(), log, median > zone.grow(recent.median())));
  }

  private static Comparison of(
      SignalKey key, int size, List<Compared> with, List<Compared> without) {
    var all = new ArrayList<>(with);
    all.addAll(without);
    all.sort(Comparator.comparingDouble(Compared::log).reversed());
    double least = all.get(with.size() - 1).log();
    var showing = with.stream().filter(host -> host.beyond() && host.log() >= least).toList();
    long others = without.stream().filter(host -> host.beyond() && host.log() >= least).count();
    double common =
        without.stream()
            .mapToDouble(Compared::log)
            .sorted()
            .skip(without.size() / 2)
            .findFirst()
            .orElse(0);
    var bins = Signals.bins(key.signal());
    var before = new Histogram();
    with.forEach(host -> before.add(bins.binOf(host.normal() * StrictMath.exp(common)), 1));
    var after = new Histogram();
    with.forEach(host -> after.add(bins.binOf(host.median()), 1));
    return new Comparison(
        key,
        size,
        new TwoByTwo(showing.size(), with.size(), (int) others, without.size()),
        showing.stream().map(Compared::name).toList(),
        new Distribution(before, bins),
        new Distribution(after, bins));
  }

  Shift shift() {
    return Shift.of(before, after);
  }

  boolean isAbout(String subject) {
    return key.subject().equals(subject);
  }

  /// Number of measurements of the hosts with the change.
  long connections() {
    return (long) size * table.withHosts();
  }

  /// STEP if the shift would be one on a single host.
  Tier tier() {
    var zone = Signals.settings(key.signal(), key.stratum()).step();
    return after.median() > zone.grow(before.median()) ? Tier.STEP : Tier.CREEP;
  }
}
