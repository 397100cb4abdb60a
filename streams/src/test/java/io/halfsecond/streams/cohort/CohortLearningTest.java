package io.halfsecond.streams.cohort;

import static io.halfsecond.streams.Given.MILLI;
import static io.halfsecond.streams.Given.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.halfsecond.schemas.CohortProfile;
import io.halfsecond.schemas.Deviation;
import io.halfsecond.schemas.Signal;
import io.halfsecond.streams.store.MapStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class CohortLearningTest {
  private static final String COHORT = "debian-12";

  /// A Monday.
  private static final Instant START = Instant.parse("2024-03-25T00:00:00Z");

  private final MapStore store = new MapStore();
  private final PublishedProfiles published = new PublishedProfiles();
  private final CohortLearning learning = new CohortLearning(store, published);
  private final RandomGenerator random = new Random(20240329);
  private int connections;

  private Deviation.Builder deviation(String host, Instant at, double median, double ratio) {
    return Deviation.newBuilder()
        .setId(id(connections++))
        .setHost(host)
        .setCohort(COHORT)
        .setSignal(Signal.STARTUP)
        .setStratum("all")
        .setAt(at)
        .setValue(median * ratio)
        .setSeason(0)
        .setMedian(median)
        .setBaseline(1_000)
        .setSource(1)
        .setWaiting(0);
  }

  private static double medianOf(int host) {
    return (8 + host) * MILLI;
  }

  /// How much larger measurements are at some hour of the week: twice as large on Saturdays, a
  /// tenth at noon.
  private static double rhythm(Instant at) {
    long hour = Duration.between(START, at).toHours() % 168;
    return (hour / 24 == 5 ? 2 : 1) * (hour % 24 == 12 ? 1.1 : 1);
  }

  /// Every host logs in every five minutes.
  private List<CohortProfile> live(int hosts, Duration time) {
    var profiles = new ArrayList<CohortProfile>();
    for (var at = START; at.isBefore(START.plus(time)); at = at.plus(Duration.ofMinutes(5))) {
      for (int host = 0; host < hosts; host++) {
        double ratio = rhythm(at) * Math.exp(0.1 * random.nextGaussian());
        learn(deviation("web-" + host, at, medianOf(host), ratio), profiles);
      }
    }
    return profiles;
  }

  private void learn(Deviation.Builder deviation, List<CohortProfile> into) {
    learning
        .learn(deviation.build(), false, deviation.getAt())
        .ifPresent(
            profile -> {
              published.publish(profile);
              into.add(profile);
            });
  }

  @Test
  void should_publish_what_the_hosts_look_like_every_six_hours() {
    var profiles = live(6, Duration.ofHours(25));

    assertThat(profiles)
        .extracting(CohortProfile::getEffectiveFrom)
        .containsExactly(
            START.plus(Duration.ofMinutes(6 * 60 + 40)),
                START.plus(Duration.ofMinutes(12 * 60 + 40)),
            START.plus(Duration.ofMinutes(18 * 60 + 40)),
                START.plus(Duration.ofMinutes(24 * 60 + 40)));
    var last = profiles.getLast();
    assertThat(last.getHosts()).isEqualTo(6);
    assertThat(last.getLogMedian()).isCloseTo(Math.log(10.4 * MILLI), within(0.02));
    assertThat(last.getShape().get(32)).isCloseTo(0f, within(0.02f));
    assertThat(last.getShape().get(48)).isCloseTo(0.067f, within(0.02f));
    assertThat(last.getSeason()).as("two weeks are not over").isEmpty();
  }

  @Test
  void should_know_the_rhythm_of_the_week_after_two_of_them() {
    var last = live(6, Duration.ofDays(22)).getLast();

    var season = last.getSeason();
    assertThat(season).hasSize(168);
    assertThat(season.stream().mapToDouble(x -> x).sum()).isCloseTo(0, within(1e-3));
    float monday = season.get(3);
    assertThat(season.get(12) - monday).isCloseTo((float) Math.log(1.1), within(0.02f));
    assertThat(season.get(5 * 24 + 3) - monday).isCloseTo((float) Math.log(2), within(0.05f));
    assertThat(last.getShape().get(48)).as("without the rhythm").isCloseTo(0.067f, within(0.02f));
    assertThat(Profile.of(last).season(START.plus(Duration.ofHours(12))))
        .isEqualTo(season.get(12).doubleValue());
  }

  @Test
  void should_learn_the_same_in_any_order() {
    // given
    var deviations = new ArrayList<Deviation>();
    for (int i = 0; i < 3_000; i++) {
      double ratio = Math.exp(0.1 * random.nextGaussian());
      deviations.add(
          deviation("web-" + i % 7, START.plusSeconds(i), medianOf(i % 7), ratio).build());
    }
    var last = deviation("web-0", START.plus(Duration.ofHours(7)), medianOf(0), 1).build();
    var other = new CohortLearning(new MapStore(), new PublishedProfiles());
    deviations.forEach(deviation -> learning.learn(deviation, false, deviation.getAt()));

    // when
    Collections.shuffle(deviations, new Random(1));
    deviations.forEach(deviation -> other.learn(deviation, false, deviation.getAt()));

    // then
    var profile = learning.learn(last, false, last.getAt());
    assertThat(profile).isPresent();
    assertThat(other.learn(last, false, last.getAt())).isEqualTo(profile);
  }

  @Test
  void should_not_say_again_what_was_published_before() {
    // given
    var first = live(6, Duration.ofHours(13));
    var again = new CohortLearning(new MapStore(), published);

    // when
    var repeated = new ArrayList<CohortProfile>();
    for (var at = START;
        at.isBefore(START.plus(Duration.ofHours(13)));
        at = at.plus(Duration.ofMinutes(1))) {
      again
          .learn(deviation("web-0", at, medianOf(0), 1).build(), false, at)
          .ifPresent(repeated::add);
    }

    // then
    assertThat(first).hasSize(2);
    assertThat(repeated).isEmpty();
  }

  /// Two instances that read a backlog would be at different places of it.
  @Test
  void should_say_nothing_that_some_host_may_have_been_judged_past_already() {
    // given
    var newest = START.plus(Duration.ofHours(8));
    live(6, Duration.ofMinutes(6 * 60 - 5));
    var late = deviation("web-0", newest.minus(Duration.ofMinutes(16)), medianOf(0), 1).build();
    var inTime = deviation("web-0", newest.minus(Duration.ofMinutes(14)), medianOf(0), 1).build();

    // when
    var silence = learning.learn(late, false, newest);
    var word = learning.learn(inTime, false, newest);

    // then
    assertThat(silence).isEmpty();
    assertThat(word)
        .get()
        .extracting(CohortProfile::getEffectiveFrom)
        .isEqualTo(newest.plus(Duration.ofMinutes(16)));
  }

  @Test
  void should_learn_nothing_of_a_host_or_a_cohort_with_an_alert() {
    for (int i = 0; i < 500; i++) {
      learning.learn(
          deviation("web-0", START.plusSeconds(i), medianOf(0), 60).setAlertOpen(true).build(),
          false,
          START);
      learning.learn(
          deviation("web-1", START.plusSeconds(i), medianOf(0), 60).build(), true, START);
    }

    assertThat(
            learning.learn(
                deviation("web-1", START.plus(Duration.ofHours(7)), medianOf(0), 1).build(),
                false,
                START))
        .as("too little to make a profile of")
        .isEmpty();
  }

  @Test
  void should_leave_out_hosts_that_are_gone_or_hardly_known() {
    // given
    var profiles = live(6, Duration.ofHours(5));
    var later = START.plus(Duration.ofDays(8));
    for (int i = 0; i < 300; i++) {
      learn(
          deviation("new-" + i % 5, later.plusSeconds(i), 20 * MILLI, 1)
              .setBaseline(i % 5 == 4 ? 50 : 500),
          profiles);
    }

    // when
    learn(deviation("new-0", later.plus(Duration.ofHours(7)), 20 * MILLI, 1), profiles);

    // then
    assertThat(profiles.getLast().getHosts()).isEqualTo(4);
    assertThat(profiles.getLast().getLogMedian()).isCloseTo(Math.log(20 * MILLI), within(1e-9));
  }

  @Test
  void should_compare_nobody_with_fewer_than_five_hosts() {
    var few = Profile.of(live(4, Duration.ofHours(7)).getLast());

    assertThat(few.prior()).isEmpty();
    assertThat(few.hosts()).isEqualTo(4);
  }
}
