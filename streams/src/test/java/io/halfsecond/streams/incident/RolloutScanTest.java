package io.halfsecond.streams.incident;

import static io.halfsecond.streams.Given.START;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.halfsecond.schemas.Change;
import io.halfsecond.schemas.ChangeKind;
import io.halfsecond.schemas.Signal;
import io.halfsecond.streams.attribution.Trait;
import io.halfsecond.streams.measurement.SignalKey;
import io.halfsecond.streams.store.Times;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RolloutScanTest {
  private static final Duration EVERY = Duration.ofMinutes(10);

  /// Computed with integers: the sum of C(m, x)·C(l, n + k − x) / C(m + l, n + k) over x > n, plus
  /// half of the term at n.
  @ParameterizedTest
  @CsvSource({
    "12, 12, 0, 488, 1.120568498275e-24",
    "4, 4, 0, 93, 1.443068078180e-7",
    "2, 10, 9, 90, 0.190129285176",
    "0, 10, 0, 90, 0.5",
    "7, 10, 3, 105, 1.542029810773e-7"
  })
  void should_count_more_extreme_tables_and_half_of_the_observed_one(
      int withShowing, int with, int withoutShowing, int without, double expected) {
    assertThat(new TwoByTwo(withShowing, with, withoutShowing, without).midP())
        .isCloseTo(expected, within(expected * 1e-9));
  }

  /// A change without effect. Nine of forty hosts, chosen at random, get it within six hours. Each
  /// host has two logins an hour and a variance of its own. All hosts are half as slow again for
  /// half of the time.
  @Test
  void should_keep_the_false_alarm_rate_when_no_change_has_an_effect() {
    double limitDays = 4;
    var random = new SplittableRandom(20240329);
    int alarms = 0;
    double days = 0;
    for (int cohort = 0; cohort < 150; cohort++) {
      var recents = new HashMap<String, RecentDeviations>();
      var rollout = rollout(random);
      for (var at = START; at.isBefore(START.plus(Duration.ofHours(16))); at = at.plus(EVERY)) {
        for (int host = 0; host < 40; host++) {
          if (random.nextDouble() < 1.0 / 3) {
            double spread = 0.1 + 0.02 * (host % 10);
            double common = Duration.between(START, at).toHours() % 2 == 0 ? 0 : 0.4;
            add(recents, "host-" + host, at, common + spread * random.nextGaussian());
          }
        }
        var known = soFar(rollout, at);
        if (known.since().size() > 1) {
          var scanned =
              RolloutScan.of(
                      List.of(known),
                      Map.of(new SignalKey("debian-12", Signal.STARTUP, "all"), recents),
                      EVERY)
                  .getFirst();
          alarms +=
              (int)
                  scanned.comparisons().stream()
                      .filter(comparison -> scanned.evidenceDays(comparison) >= limitDays)
                      .count();
        }
        days += EVERY.toMinutes() / 1440.0;
      }
    }

    double promised = days / limitDays;
    assertThat((double) alarms).isPositive().isLessThan(promised + 3 * Math.sqrt(promised));
  }

  private static Rollout rollout(SplittableRandom random) {
    var with =
        random
            .ints(0, 40)
            .distinct()
            .limit(9)
            .mapToObj(host -> "host-" + host)
            .collect(Collectors.toSet());
    Set<String> without =
        IntStream.range(0, 40)
            .mapToObj(host -> "host-" + host)
            .filter(host -> !with.contains(host))
            .collect(Collectors.toSet());
    var change =
        Change.newBuilder()
            .setKind(ChangeKind.OBJECT)
            .setSubject("/lib/liblzma.so.5")
            .setBefore("aa")
            .setAfter("bb")
            .setNotBefore(START)
            .setAt(START)
            .build();
    return new Rollout(
        Trait.of(change).stream().toList(),
        List.of(change),
        with.stream()
            .collect(
                Collectors.toMap(host -> host, _ -> START.plusSeconds(random.nextInt(6 * 3_600)))),
        without);
  }

  private static Rollout soFar(Rollout rollout, Instant now) {
    var since = new HashMap<>(rollout.since());
    since.values().removeIf(at -> at.isAfter(now));
    var without = new HashSet<>(rollout.without());
    rollout.since().keySet().stream()
        .filter(host -> !since.containsKey(host))
        .forEach(without::add);
    return new Rollout(rollout.traits(), rollout.changes(), since, without);
  }

  private static void add(
      Map<String, RecentDeviations> recents, String host, Instant at, double log) {
    var before = recents.getOrDefault(host, RecentDeviations.empty());
    // With this baseline the dead zone of startup, 4 % and 1 ms, is small.
    recents.put(host, before.with(1e9, new RecentDeviations.Point(Times.micros(at), (float) log)));
  }

  @Test
  void should_leave_out_the_first_connection_when_caches_are_cold() {
    var recent = RecentDeviations.empty();
    for (int i = 0; i < 5; i++) {
      recent = recent.with(8e6, new RecentDeviations.Point(1_000L * i, i));
    }

    assertThat(recent.since(1_500, 3))
        .extracting(RecentDeviations.Point::micros)
        .containsExactly(2_000L, 3_000L, 4_000L);
    assertThat(recent.since(1_500, 4)).isEmpty();
    assertThat(recent.withoutFirstAfter(1_500).points())
        .extracting(RecentDeviations.Point::micros)
        .containsExactly(0L, 1_000L, 3_000L, 4_000L);
    assertThat(recent.withoutFirstAfter(9_000)).isEqualTo(recent);
    assertThat(RecentDeviations.fromBytes(recent.toBytes())).isEqualTo(recent);
  }
}
