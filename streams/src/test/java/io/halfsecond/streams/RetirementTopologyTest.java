package io.halfsecond.streams;

import static io.halfsecond.streams.Given.fingerprint;
import static io.halfsecond.streams.Given.heartbeat;
import static io.halfsecond.streams.Logins.LEARNED;
import static io.halfsecond.streams.Logins.SHIFTED;
import static io.halfsecond.streams.Logins.inState;
import static io.halfsecond.streams.Logins.minute;
import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.AvroSerde;
import io.halfsecond.streams.detector.DetectorSettings;
import io.halfsecond.streams.replay.Replay;
import io.halfsecond.streams.telemetry.Telemetry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A host from which nothing has come for 30 days is no longer kept.
class RetirementTopologyTest {
  private static final String HOST = "web-17";
  private static final String OTHER = "app-1";
  private static final String COHORT = "bookworm";
  private static final Instant LAST = minute(LEARNED + SHIFTED);
  private static final Instant RETIRED = LAST.plus(Duration.ofDays(30));
  private static final AvroSerde<Alert> ALERT = AvroSerde.of(Alert.class);

  @TempDir private Path stateDirectory;

  private static Telemetry login(String host, int n, Instant at, boolean slow) {
    var login = Logins.login(n, new SplittableRandom(n)).setHost(host).setCohort(COHORT);
    login.setConnectedAt(at.minusMillis(300)).setDecidedAt(at);
    login.setId("%s%s".formatted("%08x".formatted(host.hashCode()), Given.id(n).substring(8)));
    return new Telemetry.Authentication(
        (slow ? Logins.backdoored(login) : login).setCollector("run-" + host).build());
  }

  /// A host that has an open alert at [#LAST], its last heartbeat. Another one has learnt
  /// meanwhile.
  private static void sendUntilLast(Consumer<Telemetry> to) {
    to.accept(
        new Telemetry.Inventory(
            fingerprint(0, minute(0)).setCohort(COHORT).setCollector("run-" + HOST).build()));
    for (int n = 1; n < LEARNED + SHIFTED; n++) {
      to.accept(login(HOST, n, minute(n), n >= LEARNED));
      if (n % 10 == 0) {
        to.accept(login(OTHER, n / 10, minute(n).plusSeconds(1), false));
      }
    }
    to.accept(
        new Telemetry.Heartbeat(
            heartbeat(LEARNED + SHIFTED, LAST).setCollector("run-" + HOST).build()));
  }

  /// The other host goes on: a login every three hours, after the days given.
  private static void sendOther(Consumer<Telemetry> to, int fromDay, int toDay) {
    for (int n = 8 * fromDay; n < 8 * toDay; n++) {
      to.accept(login(OTHER, 1_000 + n, LAST.plus(Duration.ofHours(3L * n + 1)), false));
    }
  }

  /// The host returns, and is now as slow as it was when it had an alert.
  private static void sendReturned(Consumer<Telemetry> to, Instant from) {
    for (int n = 0; n < 60; n++) {
      to.accept(login(HOST, 10_000 + n, from.plus(Duration.ofMinutes(n)), true));
    }
  }

  private static List<String> series(Harness harness) {
    return harness
        .registry
        .scrape()
        .lines()
        .filter(line -> line.contains("host=\"" + HOST + "\""))
        .toList();
  }

  /// The keys of all stores that name the host.
  private static List<String> stored(Harness harness) {
    return harness.stored().entrySet().stream()
        .flatMap(
            store ->
                store.getValue().keySet().stream()
                    .filter(key -> key.contains(HOST))
                    .map(key -> store.getKey() + " " + key))
        .toList();
  }

  @Test
  void should_end_the_alerts_of_a_host_and_forget_it_when_it_was_silent_for_a_month() {
    try (var harness = new Harness(stateDirectory)) {
      // given
      sendUntilLast(harness::send);
      var open = harness.alerts();
      assertThat(inState(open, AlertState.CONFIRMED)).isNotEmpty();
      sendOther(harness::send, 0, 30);
      assertThat(harness.alerts()).extracting(Alert::getRetired).doesNotContain(true);
      assertThat(series(harness)).isNotEmpty();
      assertThat(harness.scraped("halfsecond_hosts")).isEqualTo(2);

      // when
      sendOther(harness::send, 30, 35);

      // then
      var ended = harness.alerts().stream().filter(alert -> alert.getHost().equals(HOST)).toList();
      assertThat(ended)
          .isNotEmpty()
          .extracting(Alert::getAlertId)
          .containsExactlyInAnyOrderElementsOf(
              open.stream()
                  .filter(alert -> alert.getHost().equals(HOST))
                  .map(Alert::getAlertId)
                  .collect(Collectors.toSet()));
      assertThat(ended)
          .allSatisfy(
              alert -> {
                assertThat(alert.getState()).isEqualTo(AlertState.RESOLVED);
                assertThat(alert.getRetired()).isTrue();
                assertThat(alert.getAt()).isEqualTo(RETIRED);
                assertThat(alert.getSummary())
                    .contains("The alert ends: the host has sent nothing for 30 days.");
              });
      assertThat(series(harness)).isEmpty();
      assertThat(stored(harness)).isEmpty();
      assertThat(harness.scraped("halfsecond_hosts")).isEqualTo(1);
      assertThat(harness.scraped("halfsecond_hosts_retired_total")).isEqualTo(1);
    }
  }

  @Test
  void should_learn_a_host_anew_that_returns() {
    try (var harness = new Harness(stateDirectory)) {
      // given
      sendUntilLast(harness::send);
      harness.alerts();

      // when nobody else has sent anything in between
      sendReturned(harness::send, RETIRED.plusSeconds(1));

      // then
      var records =
          harness.alerts().stream().filter(alert -> alert.getHost().equals(HOST)).toList();
      assertThat(records).isNotEmpty().allMatch(Alert::getRetired);
      assertThat(
              harness.scraped(
                  "halfsecond_baseline_connections{host=\"web-17\",signal=\"startup\"}"))
          .isLessThanOrEqualTo(60);
      assertThat(harness.scraped("halfsecond_host_evidence_ratio{host=\"web-17\"}")).isLessThan(1);
      assertThat(harness.scraped("halfsecond_hosts")).isEqualTo(2);
    }
  }

  /// A collector may have sent nothing for a while, or only what was in its spool.
  @Test
  void should_keep_a_host_that_returns_in_time() {
    try (var harness = new Harness(stateDirectory)) {
      // given
      sendUntilLast(harness::send);
      sendOther(harness::send, 0, 30);
      harness.alerts();

      // when
      sendReturned(harness::send, RETIRED.minusSeconds(1));

      // then
      assertThat(harness.alerts()).extracting(Alert::getRetired).doesNotContain(true);
      assertThat(harness.scraped("halfsecond_hosts_retired_total")).isZero();
    }
  }

  /// A fleet that was installed anew under other names.
  @Test
  void should_have_room_once_hosts_have_retired_though_only_others_send() {
    try (var harness = Harness.keeping(stateDirectory, 2, OptionalInt.empty())) {
      // given
      sendUntilLast(harness::send);
      harness.deadLetters();

      // when
      for (int day = 1; day <= 40; day++) {
        harness.send(login("db-1", day, LAST.plus(Duration.ofDays(day)), false));
      }

      // then
      assertThat(harness.deadLetters()).hasSizeBetween(30, 32);
      assertThat(harness.scraped("halfsecond_hosts")).isEqualTo(1);
    }
  }

  @Test
  void should_have_room_for_another_host_once_one_has_retired() {
    try (var harness = Harness.keeping(stateDirectory, 2, OptionalInt.empty())) {
      // given
      sendUntilLast(harness::send);
      harness.send(login("db-1", 1, LAST.plusSeconds(1), false));
      assertThat(harness.deadLetters()).hasSize(1);

      // when
      sendOther(harness::send, 0, 32);
      harness.send(login("db-1", 2, harness.now(), false));

      // then
      assertThat(harness.deadLetters()).isEmpty();
      assertThat(harness.scraped("halfsecond_hosts")).isEqualTo(2);
    }
  }

  @Test
  void should_publish_the_same_bytes_as_a_replay() {
    // given
    var sent = new ArrayList<Telemetry>();
    sendUntilLast(sent::add);
    sendOther(sent::add, 0, 40);
    sendReturned(sent::add, LAST.plus(Duration.ofDays(40)));
    List<byte[]> published;
    try (var harness = new Harness(stateDirectory)) {
      sent.forEach(harness::send);
      harness.pass(Duration.ofMinutes(3));
      published = harness.alertRecords().stream().map(record -> record.value()).toList();
    }

    // then
    var replayed = replay(sent);
    assertThat(replayed).extracting(Alert::getRetired).contains(true);
    assertThat(replayed.stream().map(ALERT::encode).map(HexFormat.of()::formatHex))
        .containsExactlyElementsOf(published.stream().map(HexFormat.of()::formatHex).toList());

    // and what becomes of each host is the same if the hosts are read one after the other
    var oneByOne =
        replay(sent.stream().sorted(Comparator.comparing(Telemetry::host).reversed()).toList());
    assertThat(ofHost(oneByOne)).isEqualTo(ofHost(replayed));
  }

  private static List<Alert> replay(List<Telemetry> telemetry) {
    var replayed = new ArrayList<Alert>();
    var replay = new Replay(DetectorSettings.defaults(), LAST, replayed::add);
    telemetry.forEach(record -> replay.accept(record.host(), record));
    replay.finish();
    return replayed;
  }

  private static List<Alert> ofHost(List<Alert> alerts) {
    return alerts.stream().filter(alert -> alert.getHost().equals(HOST)).toList();
  }
}
