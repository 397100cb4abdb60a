package io.halfsecond.streams.engine;

import static io.halfsecond.streams.Given.MILLI;
import static io.halfsecond.streams.Given.START;
import static io.halfsecond.streams.Given.auth;
import static io.halfsecond.streams.Given.comparison;
import static io.halfsecond.streams.Given.fingerprint;
import static io.halfsecond.streams.Given.selfTest;
import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.Decision;
import io.halfsecond.schemas.SelfTestEnvironment;
import io.halfsecond.schemas.auth.Authenticator.Answer;
import io.halfsecond.streams.Given;
import io.halfsecond.streams.alert.OpenAlerts;
import io.halfsecond.streams.attribution.HostHistories;
import io.halfsecond.streams.cohort.PublishedProfiles;
import io.halfsecond.streams.detector.DetectorSettings;
import io.halfsecond.streams.gate.Trials;
import io.halfsecond.streams.store.MapStore;
import io.halfsecond.streams.telemetry.Input;
import io.halfsecond.streams.telemetry.Telemetry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// What an engine does with a host that has retired.
class RetiredHostsTest {
  private static final String HOST = "web-17";
  private static final String OTHER = "app-1";
  private static final int LEARNED = 400;
  private static final int SLOW = 40;
  private static final Instant LAST = START.plus(Duration.ofMinutes(LEARNED + SLOW));

  private final MapStore hosts = new MapStore();
  private final MapStore keys = new MapStore();
  private final MapStore trials = new MapStore();
  private final MapStore selfTests = new MapStore();
  private final MapStore forgeries = new MapStore();
  private final MapStore histories = new MapStore();
  private final TreeMap<String, Alert> open = new TreeMap<>();
  private final List<Alert> records = new ArrayList<>();
  private HostEngine engine = engine();

  private HostEngine engine() {
    return new HostEngine(
        DetectorSettings.defaults(),
        new HostEngine.HostStores(
            new HostStates(hosts, 1),
            SeenIds::inState,
            new KeyStates(keys, 1),
            new Trials(trials, 1),
            selfTests,
            forgeries,
            new OpenAlerts(OpenAlerts.storeIn(open), new HostHistories(histories))),
        new PublishedProfiles(),
        1);
  }

  private void take(Input input) {
    records.addAll(TestEngine.records(engine.take(input, input.at().toEpochMilli())));
  }

  /// As the topology does when it comes back.
  private void restart() {
    engine.write();
    engine = engine();
    var names = new ArrayList<String>();
    hosts.scan("", (host, _) -> names.add(host));
    names.forEach(host -> engine.resume(host, 0));
  }

  private static Telemetry login(String host, int n, Instant at, boolean slow) {
    var random = new SplittableRandom(n);
    long startup = (long) ((slow ? 508 : 8) * MILLI * Math.exp(0.05 * random.nextGaussian()));
    return new Telemetry.Authentication(
        auth(n, at)
            .setHost(host)
            .setStartupNanos(startup)
            .setSourcePseudonym("source-" + n % 5)
            .build());
  }

  /// Everything that may be kept of a host.
  private void sendHistory() {
    take(new Telemetry.Inventory(fingerprint(1, START).build()));
    take(
        new Telemetry.SelfTest(
            selfTest(2, START, comparison(SelfTestEnvironment.TERMINAL, 1e-30)).build()));
    for (int n = 3; n < LEARNED + SLOW; n++) {
      take(login(HOST, n, START.plus(Duration.ofMinutes(n)), n >= LEARNED));
    }
    take(login(HOST, LEARNED + SLOW, LAST, true));
    take(
        new Input.Forged(
            login(HOST, 1, LAST, false), "ssh.auth-timing", Answer.WRONG, LAST.plusSeconds(1)));
  }

  private void sendOther(int fromDay, int toDay) {
    for (int day = fromDay; day <= toDay; day++) {
      take(login(OTHER, day, LAST.plus(Duration.ofDays(day)), false));
    }
  }

  @Test
  void should_keep_nothing_of_a_retired_host_but_one_last_record_of_each_open_alert() {
    // given
    sendHistory();
    var before = List.copyOf(open.values());
    assertThat(before).extracting(Alert::getSubject).contains("startup/all", "forged");
    records.clear();

    // when
    sendOther(0, 32);
    engine.write();

    // then
    assertThat(records)
        .allMatch(alert -> alert.getState() == AlertState.RESOLVED && alert.getRetired())
        .extracting(Alert::getAlertId)
        .containsExactlyElementsOf(before.stream().map(Alert::getAlertId).toList());
    for (var store : List.of(hosts, keys, trials, selfTests, forgeries, histories)) {
      store.scan("", (key, _) -> assertThat(key).startsWith(OTHER));
    }
    assertThat(open).isEmpty();
  }

  @Test
  void should_retire_the_same_hosts_when_it_was_restarted_meanwhile() {
    // given
    sendHistory();
    sendOther(0, 32);
    var expected = List.copyOf(records);

    // when
    records.clear();
    for (var store : List.of(hosts, keys, trials, selfTests, forgeries, histories)) {
      store.scan("", (key, _) -> store.delete(key));
    }
    open.clear();
    engine = engine();
    sendHistory();
    restart();
    sendOther(0, 15);
    restart();
    sendOther(16, 32);

    // then
    assertThat(records).isEqualTo(expected);
    assertThat(records.getLast().getRetired()).isTrue();
  }

  @Test
  void should_ignore_a_decision_about_an_alert_that_has_ended_so() {
    // given
    sendHistory();
    var alert =
        open.values().stream()
            .filter(each -> each.getSubject().equals("startup/all"))
            .findFirst()
            .orElseThrow();
    sendOther(0, 32);

    // when
    var outputs =
        engine.take(
            new Input.Control(
                Given.decided(alert, Decision.ACCEPT, LAST.plus(Duration.ofDays(33)))),
            0);

    // then
    assertThat(outputs)
        .singleElement()
        .isInstanceOfSatisfying(
            Output.Decided.class, decided -> assertThat(decided.applied()).isFalse());
  }
}
