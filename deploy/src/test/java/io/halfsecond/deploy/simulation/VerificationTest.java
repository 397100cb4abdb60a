package io.halfsecond.deploy.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.within;

import io.halfsecond.deploy.alerts.Given;
import io.halfsecond.deploy.simulation.Expectations.Injected;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertScope;
import io.halfsecond.schemas.Change;
import io.halfsecond.schemas.ChangeKind;
import io.halfsecond.schemas.Tier;
import io.halfsecond.streams.detector.Budget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerificationTest {
  private static final Instant NOON = Given.NOON;
  private static final Instant SLOWED = NOON.minusSeconds(600);
  private static final Budget BUDGET = new Budget.PerHostYear(1);
  private static final Injected LIBRARY =
      new Injected(
          "slow-library:at=+1h",
          true,
          Duration.ZERO,
          Optional.of("liblzma.so.5"),
          Map.of("web-17", SLOWED, "web-18", SLOWED.plusSeconds(60)));
  private static final Injected SCAN =
      new Injected("scan:at=+1h", false, Duration.ZERO, Optional.empty(), Map.of("web-3", SLOWED));

  private static Expectations expected(Duration after) {
    return new Expectations(
        NOON.minusSeconds(3_600),
        SLOWED.plus(after),
        20,
        2,
        1,
        0,
        List.of(LIBRARY, SCAN),
        Map.of("web-17", "debian-12-x86_64", "web-18", "rhel-9", "web-3", "rhel-9"));
  }

  private static Alert alert(String host, Instant opened) {
    return Given.startup("alert of " + host)
        .setHost(host)
        .setOpenedAt(opened)
        .setChanges(
            List.of(
                Change.newBuilder()
                    .setKind(ChangeKind.OBJECT)
                    .setSubject("/usr/lib/liblzma.so.5")
                    .setNotBefore(SLOWED)
                    .setAt(SLOWED)
                    .build()))
        .build();
  }

  private static Verification verified(Duration after, Alert... steps) {
    return new Verification(expected(after), List.of(steps), BUDGET);
  }

  @Test
  void should_be_fine_when_each_host_has_an_alert_that_names_the_library() {
    var verification =
        verified(Duration.ofHours(1), alert("web-17", NOON), alert("web-18", NOON.plusSeconds(60)));

    assertThat(verification.isFine()).isTrue();
    assertThat(verification.report())
        .first()
        .isEqualTo(
            "ok    slow-library:at=+1h: 2 hosts, found on 2 of 2 that had 30 connections since;"
                + " first alert after 10 min, alerts of hosts after 10 min in the median; 2 of 2"
                + " alerts name liblzma.so.5");
  }

  @Test
  void should_miss_a_host_without_an_alert_once_it_has_had_enough_connections() {
    assertThat(verified(Duration.ofMinutes(30), alert("web-17", NOON)).isFine()).isTrue();

    var later = verified(Duration.ofMinutes(31), alert("web-17", NOON));

    assertThat(later.isFine()).isFalse();
    assertThat(later.report()).contains("      missed: web-18");
  }

  @Test
  void should_miss_a_change_without_any_alert() {
    assertThat(verified(Duration.ofHours(1)).isFine()).isFalse();
  }

  @Test
  void should_not_be_fine_when_the_simulation_was_too_short_to_tell() {
    var verification = verified(Duration.ofMinutes(5));

    assertThat(verification.isFine()).isFalse();
    assertThat(verification.report())
        .first()
        .isEqualTo(
            "FAIL  slow-library:at=+1h: 2 hosts, none had 30 connections since: the simulation is"
                + " too short; 0 of 0 alerts name liblzma.so.5");
  }

  @Test
  void should_find_the_members_of_an_incident_and_the_hosts_of_a_cohort() {
    var incident =
        Alert.newBuilder(alert("", NOON))
            .setScope(AlertScope.INCIDENT)
            .setMembers(Given.incident("i", Map.of("web-17", List.of())).build().getMembers())
            .build();
    var cohort =
        Alert.newBuilder(alert("", NOON))
            .setAlertId("alert of a cohort")
            .setScope(AlertScope.COHORT)
            .setCohort("rhel-9")
            .build();

    var verification = verified(Duration.ofHours(1), incident, cohort);

    assertThat(verification.isFine()).isTrue();
    assertThat(verification.findings().getFirst().found()).isEqualTo(2);
  }

  @Test
  void should_not_be_fine_when_no_alert_names_the_library() {
    var nameless = Alert.newBuilder(alert("web-17", NOON)).setChanges(List.of()).build();

    assertThat(verified(Duration.ofMinutes(30), nameless).isFine()).isFalse();
  }

  @Test
  void should_count_alerts_without_a_change_as_false() {
    var early = alert("web-17", SLOWED.minusSeconds(1));
    var scanned = alert("web-3", NOON);
    var ticket = Alert.newBuilder(alert("web-4", NOON)).setTier(Tier.DRIFT).build();

    var verification = verified(Duration.ofMinutes(5), early, scanned, ticket);

    assertThat(verification.falseAlarms())
        .satisfiesExactly(
            pages -> assertThat(pages.alerts()).containsExactlyInAnyOrder(early, scanned),
            tickets -> assertThat(tickets.alerts()).containsExactly(ticket));
    assertThat(verification.isFine()).isFalse();
  }

  @Test
  void should_count_the_steps_of_an_alert_once() {
    var opened = alert("web-3", NOON);
    var updated = Alert.newBuilder(opened).setRevision(1).build();

    assertThat(verified(Duration.ofMinutes(5), opened, updated).falseAlarms().getFirst().alerts())
        .containsExactly(updated);
  }

  @Test
  void should_allow_as_many_false_alarms_as_promised() {
    var verification = verified(Duration.ofMinutes(5), alert("web-3", NOON));

    // 20 hosts and 2 cohorts with the budgets of 2 hosts each, for 55 minutes.
    assertThat(verification.falseAlarms().getFirst().allowed())
        .isCloseTo(24 * 55 / (60 * 24 * 365.25), within(1e-9));
    assertThat(Verification.atLeast(0, 3)).isEqualTo(1);
    assertThat(Verification.atLeast(1, 3)).isCloseTo(1 - Math.exp(-3), within(1e-12));
    assertThat(Verification.atLeast(7, 3)).isCloseTo(0.0335, within(1e-4));
  }

  @Test
  void should_read_what_it_has_written(@TempDir Path directory) throws IOException {
    var file = directory.resolve("expected.json");
    var expected = expected(Duration.ofHours(1));

    expected.write(file);

    assertThat(Expectations.read(file)).isEqualTo(expected);
    assertThat(expected.until(NOON).end()).isEqualTo(NOON);
  }

  @Test
  void should_refuse_a_file_of_another_kind(@TempDir Path directory) throws IOException {
    var file = directory.resolve("other.json");
    for (var content : List.of("", "[]", "{}", "{\"begin\": \"noon\", \"injections\": []}")) {
      Files.writeString(file, content);

      assertThatIOException()
          .isThrownBy(() -> Expectations.read(file))
          .withMessageStartingWith(file + " was not written by halfsecond simulate: ");
    }
  }
}
