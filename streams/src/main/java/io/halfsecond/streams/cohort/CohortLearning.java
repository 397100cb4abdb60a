package io.halfsecond.streams.cohort;

import io.halfsecond.schemas.CohortProfile;
import io.halfsecond.schemas.Deviation;
import io.halfsecond.streams.histogram.Histogram;
import io.halfsecond.streams.measurement.SignalKey;
import io.halfsecond.streams.store.ByteStore;
import io.halfsecond.streams.store.ObjectStore;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// Learns the distributions of cohorts, and makes a [CohortProfile] of each every six hours.
///
/// What is learnt does not depend on the order of the deviations. Only which of them triggers a
/// profile does. A profile takes effect half an hour later, so that all hosts use it from the same
/// event time on. It is never replaced: if one was published for a period, because telemetry is
/// read again, none is made. Nor is one made from old telemetry: while an instance catches up with
/// a backlog, hosts may already have been evaluated past the time from which the profile would
/// hold.
///
/// Not safe for use by several threads.
public final class CohortLearning {
  /// The clocks of hosts differ, and their deviations arrive at different times.
  private static final Duration SETTLING = Duration.ofMinutes(10);

  /// The time from making a profile to its effect, in which it reaches every instance.
  private static final Duration AHEAD = Duration.ofMinutes(30);

  /// No profile is made from telemetry older than this, because less than the other half of the
  /// time would be left to reach all instances. The clock of a host may be ten minutes ahead.
  private static final Duration MOST_DELAY = AHEAD.dividedBy(2);

  /// Each hour of the week has then been seen twice.
  private static final Duration SEASON_AFTER = Duration.ofDays(14);

  private static final Duration HOST_COUNTS_FOR = Duration.ofDays(7);
  private static final Duration HOST_KEPT_FOR = Duration.ofDays(30);

  /// A host counts if its baseline has this many connections.
  private static final long HOST_BASELINE = 100;

  private static final long FEWEST_CONNECTIONS = 200;

  /// The median of an hour with this many connections gets half weight: its uncertainty then equals
  /// the usual size of seasons.
  private static final double HALF_WEIGHT = 5;

  private static final double LEAST_DEVIATION = 0.02;
  private static final int SHAPE = 64;

  /// Kept in memory: of a cohort of a hundred hosts with ten signals, each has a thousand
  /// baselines, and the present hours.
  private static final int KEPT = 8_192;

  private static final String[] HOURS =
      IntStream.range(0, HourOfWeek.COUNT).mapToObj("%03d"::formatted).toArray(String[]::new);

  private final ObjectStore<HostBaseline> hosts;
  private final ObjectStore<HourSamples> hours;
  private final ObjectStore<ProfileSchedule> schedules;
  private final Profiles published;

  /// @param store used by this class alone
  public CohortLearning(ByteStore store, Profiles published) {
    this.hosts = new ObjectStore<>(store, HostBaseline::fromBytes, HostBaseline::toBytes, KEPT);
    this.hours = new ObjectStore<>(store, HourSamples::fromBytes, HourSamples::toBytes, KEPT);
    this.schedules =
        new ObjectStore<>(store, ProfileSchedule::fromBytes, ProfileSchedule::toBytes, KEPT);
    this.published = published;
  }

  /// Learns from the deviation of one connection.
  ///
  /// @param suspicious whether an alert on the cohort is open: then season and shape are not learnt
  /// @param now wall-clock time
  /// @return the profile to publish, if one is due
  public Optional<CohortProfile> learn(Deviation deviation, boolean suspicious, Instant now) {
    var key = new SignalKey(deviation.getCohort(), deviation.getSignal(), deviation.getStratum());
    var at = deviation.getAt();
    hosts.put(
        hostPrefix(key) + deviation.getHost(),
        new HostBaseline(deviation.getMedian(), deviation.getBaseline(), at));
    if (!suspicious && !deviation.getAlertOpen()) {
      var hour = hour(key, HourOfWeek.of(at));
      hour.add(deviation.getValue() / deviation.getMedian(), HourOfWeek.week(at));
      hours.put(hourKey(key, HourOfWeek.of(at)), hour);
    }
    var schedule = schedule(key, at);
    long period = ProfileSchedule.periodOf(at);
    var start = ProfileSchedule.startOf(period);
    if (period <= schedule.period()
        || at.isBefore(start.plus(SETTLING))
        || at.isBefore(now.minus(MOST_DELAY))) {
      return Optional.empty();
    }
    schedules.put(scheduleKey(key), new ProfileSchedule(schedule.since(), period));
    return published.anyBetween(key, start, start.plus(ProfileSchedule.PERIOD))
        ? Optional.empty()
        : profile(key, at, schedule.since());
  }

  /// Writes what has changed to the store.
  public void write() {
    hosts.write();
    hours.write();
    schedules.write();
  }

  private ProfileSchedule schedule(SignalKey key, Instant at) {
    var known = schedules.get(scheduleKey(key));
    if (known.isPresent()) {
      return known.get();
    }
    var schedule = ProfileSchedule.begin(at);
    schedules.put(scheduleKey(key), schedule);
    return schedule;
  }

  private Optional<CohortProfile> profile(SignalKey key, Instant at, Instant since) {
    var medians = logMedians(key, at);
    var week = IntStream.range(0, HourOfWeek.COUNT).mapToObj(hour -> hour(key, hour)).toList();
    var season = season(week);
    var all = new Histogram();
    for (int i = 0; i < HourOfWeek.COUNT; i++) {
      week.get(i).addTo(all, StrictMath.exp(season.get(i)));
    }
    if (medians.isEmpty() || all.total() < FEWEST_CONNECTIONS) {
      return Optional.empty();
    }
    double mean = medians.stream().mapToDouble(x -> x).average().orElse(0);
    double squares = medians.stream().mapToDouble(x -> (x - mean) * (x - mean)).sum();
    // If the season is not known yet, its mean may still be in the ratios.
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

  /// The logarithms of the medians of the hosts that count. Forgets hosts not seen for a long time.
  private List<Double> logMedians(SignalKey key, Instant at) {
    var medians = new ArrayList<Double>();
    var gone = new ArrayList<String>();
    hosts.scan(
        hostPrefix(key),
        (text, host) -> {
          if (host.seen().isBefore(at.minus(HOST_KEPT_FOR))) {
            gone.add(text);
          } else if (host.baseline() >= HOST_BASELINE
              && !host.seen().isBefore(at.minus(HOST_COUNTS_FOR))) {
            medians.add(StrictMath.log(host.median()));
          }
        });
    gone.forEach(hosts::delete);
    return medians;
  }

  /// The weighted logarithm of the median of each hour, minus their mean.
  private static List<Double> season(List<HourSamples> hours) {
    var logs =
        hours.stream()
            .map(
                hour ->
                    hour.count() == 0
                        ? 0.0
                        : hour.logMedian() * hour.count() / (hour.count() + HALF_WEIGHT))
            .toList();
    double mean = logs.stream().mapToDouble(x -> x).average().orElse(0);
    return logs.stream().map(log -> log - mean).toList();
  }

  private HourSamples hour(SignalKey key, int hour) {
    return hours.get(hourKey(key, hour)).orElseGet(HourSamples::empty);
  }

  // Names of cohorts, signals, strata and hosts do not contain a number sign.

  private static String scheduleKey(SignalKey key) {
    return key.text() + "#calendar";
  }

  private static String hourKey(SignalKey key, int hour) {
    return key.text() + "#hour#" + HOURS[hour];
  }

  private static String hostPrefix(SignalKey key) {
    return key.text() + "#host#";
  }
}
