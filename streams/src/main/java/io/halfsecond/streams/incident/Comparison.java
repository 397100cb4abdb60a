package io.halfsecond.streams.incident;

import io.halfsecond.schemas.Tier;
import io.halfsecond.streams.detector.Summary;
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

/// Hosts with a change beside hosts without it, by the median of their last few measurements since,
/// each over its own normal.
///
/// **The test.** All hosts are ranked by that median. As many as have the change, the highest, are
/// those that show a shift; but only if their median lies beyond the dead zone. That depends on
/// which hosts have it in nothing but their number. So, if the change does nothing and might as
/// well have come to other hosts, those that show it are any of them, and Fisher's exact test of
/// the table is exact, whatever the distribution: all medians are of equally many measurements of
/// the same time.
///
/// @param size measurements of each host
/// @param showing names of the hosts with the change that show it
/// @param before normals of the hosts with the change, moved as the hosts without it have, in the
///   unit of the signal
/// @param after medians of the hosts with it
record Comparison(
    SignalKey key,
    int size,
    TwoByTwo table,
    List<String> showing,
    Distribution before,
    Distribution after) {
  private static final int FEWEST_HOSTS = 2;

  /// An upgrade keeps a host busy, and whoever made it logs in to see.
  private static final Duration SETTLING = Duration.ofMinutes(2);

  /// One host's part.
  ///
  /// @param log logarithm of its median over its normal
  private record Host(String name, double normal, double log, boolean beyond) {
    double median() {
      return normal * StrictMath.exp(log);
    }
  }

  /// @param from hosts that came by the change later are left out, and what was measured before it
  /// @param size odd
  /// @param recents of the hosts in this signal and stratum
  /// @return empty if too few hosts have been measured so often since
  static Optional<Comparison> of(
      Rollout rollout, SignalKey key, Instant from, int size, Map<String, Recent> recents) {
    long begun = Times.micros(from.plus(SETTLING));
    var with = new ArrayList<Host>();
    var without = new ArrayList<Host>();
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

  private static Optional<Host> host(
      SignalKey key, String name, Recent recent, List<Recent.Point> points) {
    if (points.isEmpty()) {
      return Optional.empty();
    }
    double log =
        points.stream()
            .mapToDouble(Recent.Point::log)
            .sorted()
            .skip(points.size() / 2)
            .findFirst()
            .orElseThrow();
    var zone = Signals.settings(key.signal(), key.stratum()).creep();
    double median = recent.median() * StrictMath.exp(log);
    return Optional.of(new Host(name, recent.median(), log, median > zone.grow(recent.median())));
  }

  private static Comparison of(SignalKey key, int size, List<Host> with, List<Host> without) {
    var all = new ArrayList<>(with);
    all.addAll(without);
    all.sort(Comparator.comparingDouble(Host::log).reversed());
    double least = all.get(with.size() - 1).log();
    var showing = with.stream().filter(host -> host.beyond() && host.log() >= least).toList();
    long others = without.stream().filter(host -> host.beyond() && host.log() >= least).count();
    double common =
        without.stream()
            .mapToDouble(Host::log)
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
        showing.stream().map(Host::name).toList(),
        new Distribution(before, bins),
        new Distribution(after, bins));
  }

  Shift shift() {
    return Shift.of(before, after);
  }

  Summary summaryBefore() {
    return Summary.of(before);
  }

  Summary summaryAfter() {
    return Summary.of(after);
  }

  /// Worth a page if it would be on one host.
  Tier tier() {
    var zone = Signals.settings(key.signal(), key.stratum()).step();
    return after.median() > zone.grow(before.median()) ? Tier.STEP : Tier.CREEP;
  }
}
