package io.halfsecond.streams.cohort;

import io.halfsecond.schemas.CohortProfile;
import io.halfsecond.schemas.Deviation;
import io.halfsecond.streams.histogram.Histogram;
import io.halfsecond.streams.measurement.SignalKey;
import io.halfsecond.streams.store.ByteStore;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// Learns what the hosts of cohorts look like, and makes a [CohortProfile] of it every six hours.
///
/// What is learnt is the sum of what the hosts show, in any order: only with which measurement a
/// profile comes depends on it. What a profile says takes effect half an hour later, so that every
/// host judges by it from the same event time on, and it is never changed after: where one has been
/// published before, as when telemetry is read again, none is made. Nor is one made from telemetry
/// that is old news: while a backlog is caught up with, hosts may have been judged past the time
/// from which it would hold.
///
/// Not safe for use by several threads.
public final class CohortLearning {
  /// Hosts are a little apart.
  private static final Duration SETTLING = Duration.ofMinutes(10);

  /// From a profile's making to its effect, so that it has reached every instance by then.
  private static final Duration AHEAD = Duration.ofMinutes(30);

  /// A profile that would have less time than the other half to reach all instances is not made. A
  /// host's clock may be ten minutes ahead.
  private static final Duration OLD_NEWS = AHEAD.dividedBy(2);

  /// Two of each hour of the week.
  private static final Duration SEASON_AFTER = Duration.ofDays(14);

  private static final Duration HOST_COUNTS_FOR = Duration.ofDays(7);
  private static final Duration HOST_KEPT_FOR = Duration.ofDays(30);

  /// A host's median counts if it is that well known.
  private static final long HOST_BASELINE = 100;

  private static final long FEWEST_CONNECTIONS = 200;

  /// An hour with so many connections is believed half: their median is then as uncertain as
  /// rhythms are large.
  private static final double HALF_BELIEVED = 5;

  private static final double LEAST_DEVIATION = 0.02;
  private static final int SHAPE = 64;

  private final ByteStore store;
  private final Profiles published;

  /// @param store of this class alone
  public CohortLearning(ByteStore store, Profiles published) {
    this.store = store;
    this.published = published;
  }

  /// @param suspicious whether there is an alert on the cohort: nothing to learn its rhythm and
  ///   shape from
  /// @param now the wall clock
  /// @return a profile to be published, if one has become due
  public Optional<CohortProfile> learn(Deviation deviation, boolean suspicious, Instant now) {
    var key = new SignalKey(deviation.getCohort(), deviation.getSignal(), deviation.getStratum());
    var at = deviation.getAt();
    store.put(
        hostPrefix(key) + deviation.getHost(),
        new HostNormal(deviation.getMedian(), deviation.getBaseline(), at).toBytes());
    if (!suspicious && !deviation.getAlertOpen()) {
      var hour = hour(key, HourOfWeek.of(at));
      hour.add(deviation.getValue() / deviation.getMedian(), HourOfWeek.week(at));
      store.put(hourKey(key, HourOfWeek.of(at)), hour.toBytes());
    }
    var calendar = calendar(key, at);
    long period = Calendar.periodOf(at);
    var start = Calendar.startOf(period);
    if (period <= calendar.period()
        || at.isBefore(start.plus(SETTLING))
        || at.isBefore(now.minus(OLD_NEWS))) {
      return Optional.empty();
    }
    store.put(calendarKey(key), new Calendar(calendar.since(), period).toBytes());
    return published.anyBetween(key, start, start.plus(Calendar.PERIOD))
        ? Optional.empty()
        : profile(key, at, calendar.since());
  }

  private Calendar calendar(SignalKey key, Instant at) {
    byte[] bytes = store.get(calendarKey(key));
    if (bytes != null) {
      return Calendar.fromBytes(bytes);
    }
    var calendar = Calendar.begin(at);
    store.put(calendarKey(key), calendar.toBytes());
    return calendar;
  }

  private Optional<CohortProfile> profile(SignalKey key, Instant at, Instant since) {
    var medians = logMedians(key, at);
    var hours = IntStream.range(0, HourOfWeek.COUNT).mapToObj(hour -> hour(key, hour)).toList();
    var season = season(hours);
    var all = new Histogram();
    for (int i = 0; i < HourOfWeek.COUNT; i++) {
      hours.get(i).addTo(all, StrictMath.exp(season.get(i)));
    }
    if (medians.isEmpty() || all.total() < FEWEST_CONNECTIONS) {
      return Optional.empty();
    }
    double mean = medians.stream().mapToDouble(x -> x).average().orElse(0);
    double squares = medians.stream().mapToDouble(x -> (x - mean) * (x - mean)).sum();
    // Where the rhythm is young, its mean may still be in the ratios.
    double middle = HourSamples.logQuantile(all, 0.5);
    var shape =
        IntStream.rangeClosed(0, SHAPE)
            .mapToObj(i -> (float) (HourSamples.logQuantile(all, (double) i / SHAPE) - middle))
            .toList();
    return Optional.of(
        CohortProfile.newBuilder()
            .setCohort(key.owner())
            .setSignal(key.signal())
            .setStratum(key.stratum())
            .setEffectiveFrom(at.plus(AHEAD).truncatedTo(ChronoUnit.SECONDS))
            .setHosts(medians.size())
            .setConnections(all.total())
            .setLogMedian(mean)
            .setLogMedianDeviation(
                Math.max(LEAST_DEVIATION, Math.sqrt(squares / Math.max(1, medians.size() - 1))))
            .setShape(shape)
            .setSeason(
                at.isBefore(since.plus(SEASON_AFTER))
                    ? List.of()
                    : season.stream().map(Double::floatValue).toList())
            .build());
  }

  /// Of the hosts that count. Forgets those not heard of for long.
  private List<Double> logMedians(SignalKey key, Instant at) {
    var medians = new ArrayList<Double>();
    var gone = new ArrayList<String>();
    store.scan(
        hostPrefix(key),
        (text, bytes) -> {
          var host = HostNormal.fromBytes(bytes);
          if (host.seen().isBefore(at.minus(HOST_KEPT_FOR))) {
            gone.add(text);
          } else if (host.baseline() >= HOST_BASELINE
              && !host.seen().isBefore(at.minus(HOST_COUNTS_FOR))) {
            medians.add(StrictMath.log(host.median()));
          }
        });
    gone.forEach(store::delete);
    return medians;
  }

  /// The median of each hour, less their mean, each as far as it is believed.
  private static List<Double> season(List<HourSamples> hours) {
    var logs =
        hours.stream()
            .map(
                hour ->
                    hour.count() == 0
                        ? 0.0
                        : hour.logMedian() * hour.count() / (hour.count() + HALF_BELIEVED))
            .toList();
    double mean = logs.stream().mapToDouble(x -> x).average().orElse(0);
    return logs.stream().map(log -> log - mean).toList();
  }

  private HourSamples hour(SignalKey key, int hour) {
    byte[] bytes = store.get(hourKey(key, hour));
    return bytes == null ? HourSamples.empty() : HourSamples.fromBytes(bytes);
  }

  // No name of a cohort, signal, stratum or host has a number sign in it.

  private static String calendarKey(SignalKey key) {
    return key.text() + "#calendar";
  }

  private static String hourKey(SignalKey key, int hour) {
    return key.text() + "#hour#%03d".formatted(hour);
  }

  private static String hostPrefix(SignalKey key) {
    return key.text() + "#host#";
  }
}
