package io.halfsecond.streams.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.schemas.MappedObject;
import io.halfsecond.streams.Given;
import io.halfsecond.streams.alert.OpenAlerts;
import io.halfsecond.streams.attribution.HostHistories;
import io.halfsecond.streams.cohort.PublishedProfiles;
import io.halfsecond.streams.detector.DetectorSettings;
import io.halfsecond.streams.gate.Gate;
import io.halfsecond.streams.gate.GateAnswer;
import io.halfsecond.streams.gate.GateEvidence;
import io.halfsecond.streams.gate.GateQuestion;
import io.halfsecond.streams.gate.Trial;
import io.halfsecond.streams.gate.TrialFilter;
import io.halfsecond.streams.gate.Trials;
import io.halfsecond.streams.store.MapStore;
import io.halfsecond.streams.telemetry.Telemetry;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The engine's trials of a rollout among ten hosts, each with a login a minute.
class TrialFinderTest {
  private static final int HOSTS = 10;
  private static final GateQuestion WITHIN_5_MS = GateQuestion.ofAll(5e6, 0.99);
  private static final TrialFilter NEW_VERSION =
      TrialFilter.ofPackage("liblzma5", Optional.of("5.6.1-1"));

  private final MapStore hosts = new MapStore();
  private final MapStore keys = new MapStore();
  private final MapStore trials = new MapStore();
  private final OpenAlerts alerts =
      new OpenAlerts(OpenAlerts.storeIn(new TreeMap<>()), new HostHistories(new MapStore()));
  private final Map<String, Double> slowed = new HashMap<>();
  private final Set<String> silent = new HashSet<>();
  private Instant now = Given.START;
  private long sequence;
  private HostEngine engine = engine();

  private HostEngine engine() {
    return new HostEngine(
        DetectorSettings.defaults(),
        new HostEngine.HostStores(
            new HostStates(hosts, 1),
            (_, _) -> false,
            new KeyStates(keys, 1),
            new Trials(trials, 1),
            new MapStore(),
            new MapStore(),
            alerts),
        new PublishedProfiles(),
        1);
  }

  @BeforeEach
  void learn() {
    for (int i = 0; i < HOSTS; i++) {
      inspect(name(i), Given.liblzma("5.4.5", 2));
    }
    live(60);
  }

  private static String name(int host) {
    return "web-" + host;
  }

  private void inspect(String host, MappedObject.Builder liblzma) {
    inspect(host, liblzma, Given.hash(1));
  }

  private void inspect(String host, MappedObject.Builder liblzma, String configuration) {
    var before = now;
    now = now.plusSeconds(1);
    engine.take(
        new Telemetry.Inventory(
            Given.fingerprint(sequence++, now)
                .setHost(host)
                .setCollector(host)
                .setCohort("debian-12")
                .setPreviousInspectionAt(before)
                .setSshdConfigSha256(configuration)
                .setObjects(Given.objects(liblzma))
                .build()),
        now.toEpochMilli());
  }

  /// Gets the new version, and is slower from then on.
  private void upgrade(int host, double extraMillis) {
    slowed.put(name(host), extraMillis);
    inspect(name(host), Given.liblzma("5.6.1", 5));
  }

  private void live(int minutes) {
    for (int minute = 0; minute < minutes; minute++) {
      now = now.plus(Duration.ofMinutes(1));
      for (int i = 0; i < HOSTS; i++) {
        if (!silent.contains(name(i))) {
          login(name(i), now.plusSeconds(i));
        }
      }
    }
  }

  private void login(String host, Instant at) {
    var random = new SplittableRandom(sequence);
    double millis = 8 * Math.exp(0.1 * random.nextGaussian()) + slowed.getOrDefault(host, 0.0);
    engine.take(
        new Telemetry.Authentication(
            Given.auth(sequence, at)
                .setSequence(sequence++)
                .setHost(host)
                .setCollector(host)
                .setCohort("debian-12")
                .setStartupNanos((long) (millis * Given.MILLI))
                .clearStartupCpuNanos()
                .clearPreauthNanos()
                .clearPreauthCpuNanos()
                .build()),
        at.toEpochMilli());
  }

  private void restart() {
    engine.write();
    engine = engine();
    for (int i = 0; i < HOSTS; i++) {
      engine.resume(name(i), 0);
    }
  }

  private Trial trial(String host) {
    return Optional.ofNullable(stored().get(host)).orElseThrow();
  }

  private Map<String, Trial> stored() {
    engine.write();
    var found = new TreeMap<String, Trial>();
    trials.scan("", (host, bytes) -> found.put(host, Trial.fromBytes(bytes)));
    return found;
  }

  private GateEvidence evidence() {
    engine.write();
    var collector = new GateEvidence.Collector(WITHIN_5_MS, NEW_VERSION, now);
    trials.scan("", collector::add);
    return collector.evidence();
  }

  private GateAnswer answer() {
    return Gate.answer(WITHIN_5_MS, evidence(), now);
  }

  @Test
  void should_keep_no_trial_when_nothing_has_changed() {
    inspect(name(3), Given.liblzma("5.4.5", 2));

    assertThat(stored()).isEmpty();
  }

  @Test
  void should_begin_a_trial_with_companions_that_lack_the_change() {
    upgrade(0, 0);
    upgrade(1, 0);

    assertThat(stored().keySet()).containsExactly(name(0), name(1));
    assertThat(stored().values()).allMatch(trial -> trial.companions().size() == 3);
    assertThat(stored().values().stream().flatMap(trial -> trial.companions().stream()))
        .doesNotHaveDuplicates()
        .doesNotContain(name(0), name(1));
    assertThat(trial(name(0)).subjects()).containsExactly("startup/all/wall");
  }

  @Test
  void should_answer_no_slower_when_the_new_version_is_not() {
    upgrade(0, 0);
    live(20);

    assertThat(answer()).isInstanceOf(GateAnswer.NoSlower.class);
    assertThat(answer().figures().accompanied()).isEqualTo(1);
  }

  @Test
  void should_answer_slower_when_the_new_version_is() {
    upgrade(0, 50);
    live(40);

    assertThat(answer()).isInstanceOf(GateAnswer.Slower.class);
  }

  /// All hosts are 50 ms slower since, changed or not.
  @Test
  void should_not_blame_the_change_when_companions_are_slower_too() {
    upgrade(0, 50);
    for (int i = 1; i < HOSTS; i++) {
      slowed.put(name(i), 50.0);
    }
    live(40);

    assertThat(answer()).isInstanceOf(GateAnswer.NoSlower.class);
  }

  @Test
  void should_begin_its_own_trial_and_be_replaced_when_a_companion_changes() {
    upgrade(0, 0);
    live(5);
    var companion = trial(name(0)).companions().getFirst();

    inspect(companion, Given.liblzma("5.6.1", 5));

    assertThat(stored().keySet()).containsExactly(name(0), companion);
    assertThat(trial(name(0)).companions()).hasSize(3).doesNotContain(companion);
  }

  @Test
  void should_share_the_companions_out_when_most_hosts_have_the_change() {
    for (int i = 0; i < 5; i++) {
      upgrade(i, 0);
    }

    assertThat(stored().values()).hasSize(5).allMatch(trial -> !trial.companions().isEmpty());
  }

  @Test
  void should_compare_with_the_past_alone_when_the_last_host_gets_the_change() {
    for (int i = 0; i < HOSTS; i++) {
      upgrade(i, 0);
    }
    live(15);

    assertThat(trial(name(HOSTS - 1)).isAccompanied()).isFalse();
    assertThat(answer()).isInstanceOf(GateAnswer.NoSlower.class);
    assertThat(answer().figures().hosts()).isEqualTo(HOSTS);
    assertThat(answer().figures().accompanied()).isLessThan(HOSTS);
  }

  @Test
  void should_begin_anew_when_it_changes_again() {
    upgrade(0, 0);
    live(30);

    inspect(name(0), Given.liblzma("5.6.1", 9));

    var trial = trial(name(0));
    assertThat(trial.changes())
        .extracting(change -> change.trait().value())
        .containsExactly(Given.hash(9));
    assertThat(evidence().hosts().values())
        .allMatch(host -> host.signals().values().stream().allMatch(signs -> signs.pairs() == 0));
  }

  @Test
  void should_be_about_both_when_something_else_changes() {
    upgrade(0, 0);
    live(30);

    inspect(name(0), Given.liblzma("5.6.1", 5), Given.hash(8));

    assertThat(trial(name(0)).changes())
        .extracting(change -> change.trait().value())
        .containsExactly(Given.hash(5), Given.hash(8));
  }

  @Test
  void should_leave_silent_hosts_and_those_with_the_change_out_of_companions() {
    silent.addAll(Set.of(name(1), name(2)));
    live(90);
    upgrade(0, 0);

    assertThat(trial(name(0)).companions()).containsExactly(name(3), name(4), name(5));
  }

  /// It was 50 ms slower before, and its alert is open.
  @Test
  void should_not_take_a_signal_that_was_slow_before_the_change() {
    slowed.put(name(0), 50.0);
    live(60);
    assertThat(alerts.open()).isNotEmpty();

    upgrade(0, 50);

    assertThat(trial(name(0)).subjects()).isEmpty();
    assertThat(answer())
        .isInstanceOfSatisfying(
            GateAnswer.NotKnownYet.class,
            unknown -> {
              assertThat(unknown.lack()).isEmpty();
              assertThat(unknown.figures().hosts()).isEqualTo(1);
            });
  }

  @Test
  void should_go_on_with_the_same_bytes_after_a_restart() {
    var other = new TrialFinderTest();
    other.learn();
    for (boolean restarting : new boolean[] {false, true}) {
      var fleet = restarting ? other : this;
      fleet.upgrade(0, 3);
      fleet.upgrade(4, 3);
      fleet.live(10);
      if (restarting) {
        fleet.restart();
      }
      fleet.live(30);
      fleet.inspect(name(1), Given.liblzma("5.6.1", 5));
      fleet.live(10);
    }

    var straight = stored();
    var restarted = other.stored();
    assertThat(restarted.keySet()).isEqualTo(straight.keySet()).hasSize(3);
    straight.forEach(
        (host, trial) ->
            assertThat(restarted.get(host))
                .satisfies(same -> assertThat(same.toBytes()).isEqualTo(trial.toBytes())));
  }

  @Test
  void should_end_after_a_week() {
    upgrade(0, 0);
    now = now.plus(Duration.ofDays(8));
    live(1);

    assertThat(stored()).isEmpty();
  }
}
