package io.halfsecond.streams;

import static io.halfsecond.streams.Given.HOST;
import static io.halfsecond.streams.Given.START;
import static io.halfsecond.streams.Given.auth;
import static io.halfsecond.streams.Given.fingerprint;
import static io.halfsecond.streams.Given.heartbeat;
import static io.halfsecond.streams.Given.probe;
import static io.halfsecond.streams.Given.session;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.ContradictionFinding;
import io.halfsecond.schemas.Decision;
import io.halfsecond.schemas.Statement;
import io.halfsecond.schemas.Tier;
import io.halfsecond.schemas.auth.FleetSecrets;
import io.halfsecond.schemas.auth.KeySealer;
import io.halfsecond.schemas.auth.Reloaded;
import io.halfsecond.schemas.auth.Role;
import io.halfsecond.schemas.auth.Sealer;
import io.halfsecond.schemas.auth.SecretFile;
import io.halfsecond.streams.AuthenticationSettings.Mode;
import io.halfsecond.streams.telemetry.Telemetry;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Records that prove who they are from, and those that do not.
class AuthenticationTopologyTest {
  private static final String OTHER = "web-18";
  private static final LocalDate TODAY = LocalDate.of(2024, 3, 29);
  private static final String TAKEN = "halfsecond_measurements_total{signal=\"startup\"}";

  @TempDir private Path directory = Path.of("");
  private Path secrets = Path.of("");

  @BeforeEach
  void addSecret() throws IOException {
    secrets = directory.resolve("fleet.secrets");
    FleetSecrets.addTo(secrets, TODAY, new SecureRandom());
  }

  private Harness harness(Mode mode) {
    return harness(mode, "state");
  }

  private Harness harness(Mode mode, String state) {
    return Harness.authenticating(
        directory.resolve(state), new AuthenticationSettings(mode, Optional.of(secrets)));
  }

  private Sealer sealer(Role role, String name) throws IOException {
    var key = FleetSecrets.read(secrets).issue(role, name);
    return new KeySealer(() -> key);
  }

  private Sealer host(String name) throws IOException {
    return sealer(Role.HOST, name);
  }

  private static double refused(Harness harness, String reason) {
    return harness.scraped("halfsecond_records_refused_total{reason=\"%s\"}".formatted(reason));
  }

  private static String message(TestRecord<byte[], byte[]> letter) {
    return new String(letter.headers().lastHeader("__streams.errors.message").value(), UTF_8);
  }

  @Test
  void should_not_look_at_codes_when_authentication_is_off() {
    try (var harness = harness(Mode.OFF)) {
      harness.send("nonsense".getBytes(UTF_8), auth(1, START).build());

      assertThat(harness.scraped(TAKEN)).isEqualTo(1);
      assertThat(harness.deadLetters()).isEmpty();
    }
  }

  @Test
  void should_prefer_codes_when_there_are_secrets_and_nothing_else_is_said() {
    try (var harness = harness(Mode.AUTO)) {
      harness.send(auth(1, START));
      harness.send("nonsense".getBytes(UTF_8), auth(2, START).build());

      assertThat(harness.scraped(TAKEN)).isEqualTo(1);
      assertThat(refused(harness, "unreadable")).isEqualTo(1);
    }
    assertThatThrownBy(() -> new AuthenticationSettings(Mode.REQUIRED, Optional.empty()))
        .hasMessageContaining("stream.authentication-secrets-file");
  }

  @Test
  void should_take_no_record_without_a_code_from_a_host_that_has_sent_one() throws IOException {
    try (var harness = harness(Mode.PREFER)) {
      // given
      harness.send(auth(1, START));
      harness.send(host(OTHER), auth(2, START).setHost(OTHER).build());
      harness.send(auth(3, START));
      assertThat(harness.scraped(TAKEN)).isEqualTo(3);

      // when
      harness.send(host(HOST), auth(4, START).build());
      harness.send(auth(5, START));

      // then
      assertThat(harness.scraped(TAKEN)).isEqualTo(4);
      assertThat(harness.deadLetters())
          .singleElement()
          .satisfies(
              letter ->
                  assertThat(message(letter)).isEqualTo("not authentic: the record has no code"));
      assertThat(harness.alerts())
          .extracting(Alert::getHost, Alert::getState)
          .containsExactly(tuple(HOST, AlertState.OPENED), tuple(HOST, AlertState.CONFIRMED));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"PREFER", "REQUIRED"})
  void should_raise_an_alert_when_a_host_writes_in_the_name_of_another(Mode mode)
      throws IOException {
    try (var harness = harness(mode)) {
      // given
      harness.send(host(HOST), auth(1, START).build());
      harness.send(host(OTHER), auth(2, START).setHost(OTHER).build());

      // when
      harness.send(host(OTHER), auth(3, START).build());

      // then
      assertThat(harness.deadLetters())
          .singleElement()
          .satisfies(
              letter -> {
                assertThat(letter.key()).isEqualTo(HOST.getBytes(UTF_8));
                assertThat(message(letter))
                    .isEqualTo(
                        "not authentic: the record has a code that this sender's key has not made");
              });
      assertThat(harness.alerts())
          .hasSize(2)
          .allSatisfy(
              alert -> {
                assertThat(alert.getHost()).isEqualTo(HOST);
                assertThat(alert.getSubject()).isEqualTo("forged");
                assertThat(alert.getTier()).isEqualTo(Tier.STEP);
                assertThat(alert.getSummary())
                    .startsWith(
                        "web-17: telemetry in the name of this host (forged), seen 2024-03-29"
                            + " 12:00:00Z. record: comes from host web-17; code: not made with"
                            + " the key of web-17.");
                assertThat(alert.getFinding())
                    .isEqualTo(
                        ContradictionFinding.newBuilder()
                            .setRule("forged")
                            .setAbout("telemetry in the name of this host")
                            .setStatements(
                                List.of(
                                    new Statement("record", "comes from host web-17"),
                                    new Statement("code", "not made with the key of web-17")))
                            .build());
              })
          .extracting(Alert::getState)
          .containsExactly(AlertState.OPENED, AlertState.CONFIRMED);
      assertThat(refused(harness, "wrong")).isEqualTo(1);
      assertThat(harness.figure("halfsecond_alert_confirmed", "forged")).isEqualTo(1);
    }
  }

  /// Whatever is stored of the host in whose name was written is as if nobody had.
  @Test
  void should_leave_every_other_state_as_it_is_to_the_bit() throws IOException {
    Map<String, Map<String, String>> undisturbed;
    try (var harness = harness(Mode.REQUIRED, "undisturbed")) {
      for (int i = 0; i < 200; i++) {
        harness.send(host(HOST), auth(i, START.plusSeconds(10L * i)).build());
        harness.pass(Duration.ofSeconds(1));
      }
      undisturbed = harness.stored();
    }
    try (var harness = harness(Mode.REQUIRED, "disturbed")) {
      for (int i = 0; i < 200; i++) {
        harness.send(host(HOST), auth(i, START.plusSeconds(10L * i)).build());
        harness.pass(Duration.ofSeconds(1));
        harness.send(
            host(OTHER),
            auth(1_000 + i, START.plusSeconds(10L * i))
                .setCollector("f".repeat(16))
                .setSequence(1_000_000L + i)
                .setCohort("other")
                .setStartupNanos(999_000_000L)
                .build());
      }

      // then
      assertThat(harness.deadLetters()).hasSize(200);
      var disturbed = new TreeMap<>(harness.stored());
      assertThat(disturbed.get("forgeries")).containsOnlyKeys(HOST);
      disturbed.put("forgeries", Map.of());
      assertThat(disturbed.get("open-alerts")).containsOnlyKeys("host/web-17/forged");
      disturbed.put("open-alerts", Map.of());
      assertThat(disturbed).isEqualTo(undisturbed);
      assertThat(undisturbed.get("hosts")).containsOnlyKeys(HOST);
      assertThat(undisturbed.get("key-states")).isNotEmpty();
    }
  }

  @Test
  void should_keep_no_state_and_open_no_alert_for_invented_hosts() throws IOException {
    try (var harness = harness(Mode.REQUIRED)) {
      harness.send(host(HOST), auth(1, START).build());
      var before = harness.stored();

      for (int i = 0; i < 100; i++) {
        harness.send(host(HOST), auth(2, START).setHost("invented-" + i).build());
        harness.send(auth(2, START).setHost("invented-" + i));
      }

      assertThat(harness.deadLetters()).hasSize(200);
      assertThat(refused(harness, "wrong")).isEqualTo(100);
      assertThat(refused(harness, "missing")).isEqualTo(100);
      assertThat(harness.alerts()).isEmpty();
      assertThat(harness.stored()).isEqualTo(before);
    }
  }

  @Test
  void should_resolve_the_alert_when_it_was_quiet_for_an_hour() throws IOException {
    try (var harness = harness(Mode.REQUIRED)) {
      // given
      harness.send(host(HOST), auth(1, START).build());
      harness.send(host(OTHER), auth(2, START).build());
      harness.alerts();

      // when
      for (int minute = 1; minute <= 50; minute++) {
        harness.send(auth(2 + minute, START.plus(Duration.ofMinutes(minute))));
      }

      // then
      assertThat(harness.alerts()).isEmpty();

      // when
      harness.pass(Duration.ofMinutes(59));
      assertThat(harness.alerts()).isEmpty();
      harness.pass(Duration.ofMinutes(2));

      // then
      assertThat(harness.alerts())
          .singleElement()
          .satisfies(
              alert -> {
                assertThat(alert.getState()).isEqualTo(AlertState.RESOLVED);
                assertThat(alert.getAt()).isEqualTo(START.plus(Duration.ofMinutes(110)));
              });
      assertThat(harness.stored().get("forgeries")).isEmpty();

      // when
      harness.send(auth(99, START.plus(Duration.ofMinutes(112))));

      // then
      assertThat(harness.alerts())
          .extracting(Alert::getState)
          .containsExactly(AlertState.OPENED, AlertState.CONFIRMED);
    }
  }

  @Test
  void should_apply_decisions_about_an_alert_on_forgeries() throws IOException {
    try (var harness = harness(Mode.PREFER)) {
      // given
      harness.send(host(HOST), auth(1, START).build());
      // The clock of a machine is finer than a stored time.
      harness.pass(Duration.ofNanos(1_234_567));
      harness.send(auth(2, START));
      var opened = harness.alerts().getFirst();

      // when
      harness.decide(opened, Decision.DISMISS, "a test");
      harness.send(host(OTHER), auth(3, START).build());

      // then
      var dismissed = harness.alerts();
      assertThat(dismissed).extracting(Alert::getState).containsExactly(AlertState.ACKNOWLEDGED);

      // when
      harness.decide(opened, Decision.ACCEPT, "the host was installed again without its key");
      harness.send(auth(4, START));

      // then
      assertThat(harness.alerts())
          .extracting(Alert::getState)
          .containsExactly(AlertState.ACKNOWLEDGED);

      // when
      harness.decide(opened, Decision.ROLL_BACK, "it was not");
      harness.send(auth(5, START.plusSeconds(1)));

      // then
      assertThat(harness.alerts())
          .extracting(Alert::getState)
          .containsExactly(AlertState.ACKNOWLEDGED, AlertState.OPENED, AlertState.CONFIRMED);
      assertThat(opened.getAlertId()).isEqualTo(dismissed.getFirst().getAlertId());
      assertThat(harness.scraped("halfsecond_alert_decisions_total{result=\"applied\"}"))
          .isEqualTo(3);
    }
  }

  @Test
  void should_lose_no_record_while_a_secret_is_replaced() throws IOException {
    try (var harness = harness(Mode.REQUIRED)) {
      var old = host(HOST);
      int number = 0;
      for (int i = 0; i < 3; i++) {
        harness.send(old, auth(number, START.plusSeconds(number++)).build());
      }

      // when: first the topology, then host after host, then the old secret goes
      FleetSecrets.addTo(secrets, TODAY.plusDays(1), new SecureRandom());
      harness.pass(Reloaded.EVERY);
      var next = host(HOST);
      for (int i = 0; i < 6; i++) {
        harness.send(i < 3 ? old : next, auth(number, START.plusSeconds(10 + number++)).build());
      }
      var lines = SecretFile.text(secrets).lines().toList();
      SecretFile.replace(secrets, lines.getFirst().getBytes(UTF_8));
      harness.pass(Reloaded.EVERY);
      harness.send(next, auth(number, START.plusSeconds(30)).build());

      // then
      assertThat(harness.scraped(TAKEN)).isEqualTo(10);
      assertThat(harness.deadLetters()).isEmpty();

      // when
      harness.send(old, auth(number + 1, START.plusSeconds(31)).build());

      // then
      assertThat(harness.deadLetters())
          .singleElement()
          .satisfies(letter -> assertThat(message(letter)).contains("a key id that is not known"));
    }
  }

  @Test
  void should_refuse_decisions_without_the_code_of_the_one_who_decides() throws IOException {
    try (var harness = harness(Mode.REQUIRED)) {
      // given
      harness.send(host(HOST), auth(1, START).build());
      harness.send(auth(2, START));
      var opened = harness.alerts().getFirst();
      harness.deadLetters();

      // when
      harness.decide(opened, Decision.ACCEPT, "no code");
      harness.decide(
          sealer(Role.DECIDER, "bob"),
          "alice@bastion",
          HOST,
          opened,
          Decision.ACCEPT,
          "another's code");
      harness.decide(
          host(HOST), "alice@bastion", HOST, opened, Decision.ACCEPT, "the code of a host");

      // then
      assertThat(harness.alerts()).isEmpty();
      assertThat(harness.deadLetters())
          .extracting(AuthenticationTopologyTest::message)
          .containsExactly(
              "not authentic: the record has no code",
              "not authentic: the record has a code that this sender's key has not made",
              "not authentic: the record has a code that this sender's key has not made");
      assertThat(harness.scraped("halfsecond_alert_decisions_total{result=\"refused\"}"))
          .isEqualTo(3);

      // when
      harness.decide(
          sealer(Role.DECIDER, "alice"), "alice@bastion", HOST, opened, Decision.ACCEPT, "her own");

      // then
      assertThat(harness.alerts())
          .extracting(Alert::getState)
          .containsExactly(AlertState.ACKNOWLEDGED);
    }
  }

  /// Whoever reads the topics has records with right codes.
  @Test
  void should_change_nothing_when_records_are_sent_again() throws IOException {
    try (var harness = harness(Mode.REQUIRED)) {
      // given
      var records = new ArrayList<Telemetry>();
      for (int i = 0; i < 5; i++) {
        var at = START.plus(Duration.ofMinutes(i));
        records.add(new Telemetry.Authentication(auth(5L * i, at).build()));
        records.add(new Telemetry.Session(session(5L * i + 1, at).build()));
        records.add(new Telemetry.Probe(probe(5L * i + 2, at).build()));
        records.add(new Telemetry.Inventory(fingerprint(5L * i + 3, at).build()));
        records.add(new Telemetry.Heartbeat(heartbeat(5L * i + 4, at).build()));
      }
      var sealer = host(HOST);
      records.forEach(record -> harness.send(sealer, record));
      harness.pass(Duration.ofMinutes(10));
      var before = harness.stored();

      // when
      records.forEach(record -> harness.send(sealer, record));
      harness.pass(Duration.ofMinutes(10));

      // then
      assertThat(harness.deadLetters()).isEmpty();
      assertThat(harness.scraped("halfsecond_records_skipped_total{reason=\"duplicate\"}"))
          .isEqualTo(records.size());
      assertThat(harness.stored()).isEqualTo(before);

      // when
      harness.send(sealer, auth(25, START.plus(Duration.ofDays(2))).build());
      records.forEach(record -> harness.send(sealer, record));

      // then
      assertThat(harness.scraped(TAKEN)).isEqualTo(6);
      assertThat(
              harness.scraped("halfsecond_records_skipped_total{reason=\"duplicate\"}")
                  + harness.scraped("halfsecond_records_skipped_total{reason=\"late\"}"))
          .isEqualTo(2 * records.size());
    }
  }
}
