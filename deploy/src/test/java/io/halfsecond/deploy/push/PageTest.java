package io.halfsecond.deploy.push;

import static io.halfsecond.deploy.alerts.Given.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.deploy.alerts.Given;
import io.halfsecond.schemas.Acknowledgement;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertScope;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.Attribution;
import io.halfsecond.schemas.Change;
import io.halfsecond.schemas.ChangeKind;
import io.halfsecond.schemas.Decision;
import io.halfsecond.schemas.Tier;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PageTest {
  private static final String ID = "05ab0f3f000000000000000000000000";
  private static final Page.Links LINKS =
      new Page.Links("https://wiki.example/halfsecond#", "https://grafana.example");

  private final Alert.Builder host = confirmed(Given.startup(ID)).setTitle("web-17: slower");

  @Test
  void should_say_who_what_and_since_when_as_the_rules_of_prometheus_do() {
    assertThat(pages(NOON, host.build()))
        .containsExactly(
            new Page(
                Map.ofEntries(
                    Map.entry("alertname", "HalfsecondSshdShifted"),
                    Map.entry("severity", "page"),
                    Map.entry("id", "05ab0f3f"),
                    Map.entry("scope", "host"),
                    Map.entry("host", "web-17"),
                    Map.entry("cohort", "debian-12-x86_64"),
                    Map.entry("signal", "startup"),
                    Map.entry("stratum", "all"),
                    Map.entry("phase", "startup"),
                    Map.entry("direction", "up"),
                    Map.entry("tier", "step"),
                    Map.entry("cause", "unknown")),
                Map.of(
                    "summary",
                    "web-17: slower",
                    "description",
                    "web-17: sshd startup 8.2 ms → 511 ms. `halfsecond alerts 05ab0f3f` prints the"
                        + " evidence.",
                    "runbook_url",
                    "https://wiki.example/halfsecond#halfsecondsshdshifted",
                    "dashboard_url",
                    "https://grafana.example/d/halfsecond-host?var-host=web-17"),
                NOON.minusSeconds(30)));
  }

  @Test
  void should_be_one_for_an_incident_and_none_for_its_hosts() {
    var other = confirmed(Given.startup("02")).setHost("web-18").build();
    var moved =
        confirmed(Given.startup("03")).setSubject("cpu-startup/all").setMovedWith(ID).build();
    var incident =
        confirmed(Given.incident("04", Map.of("web-17", List.of(ID), "web-18", List.of("02"))))
            .build();

    var pages = pages(NOON.plusSeconds(3_600), host.build(), other, moved, incident);

    assertThat(names(pages)).containsExactly("HalfsecondIncident");
    assertThat(pages.getFirst().labels()).containsEntry("id", "04").doesNotContainKey("host");
    assertThat(pages.getFirst().annotations())
        .containsEntry("dashboard_url", "https://grafana.example/d/halfsecond-fleet");
  }

  @Test
  void should_wait_for_the_incident_that_is_sure_to_cover_a_host_and_page_if_none_comes() {
    var covered = changed(host, ChangeKind.OBJECT).setCovered(true).build();

    assertThat(pages(NOON.plusSeconds(299), covered)).isEmpty();
    assertThat(names(pages(NOON.plusSeconds(300), covered)))
        .containsExactly("HalfsecondSshdShiftedAlone");
    assertThat(names(pages(NOON, changed(host, ChangeKind.OBJECT).setCovered(false).build())))
        .as("no incident can cover it")
        .containsExactly("HalfsecondSshdShiftedAlone");
  }

  @Test
  void should_wait_whether_load_lasts() {
    var loaded = changed(host, ChangeKind.LOAD).build();

    assertThat(pages(NOON.plus(Duration.ofMinutes(29)), loaded)).isEmpty();
    assertThat(names(pages(NOON.plus(Duration.ofMinutes(30)), loaded)))
        .containsExactly("HalfsecondSshdLoaded");
  }

  @Test
  void should_not_be_for_what_is_not_confirmed_or_was_dismissed() {
    assertThat(pages(NOON, Given.startup(ID).build())).isEmpty();
    assertThat(pages(NOON, dismissed(host))).isEmpty();
  }

  @Test
  void should_let_an_alert_of_the_cohort_inhibit_beside_an_incident_and_when_it_was_dismissed() {
    var cohort =
        confirmed(Given.startup("05")).setScope(AlertScope.COHORT).setHost("").setCovered(true);
    var incident = confirmed(Given.incident("06", Map.of()));

    assertThat(pages(NOON, cohort.build())).isEmpty();
    assertThat(names(pages(NOON, cohort.build(), incident.build())))
        .containsExactlyInAnyOrder("HalfsecondIncident", "HalfsecondCohortInIncident");
    assertThat(names(pages(NOON, cohort.build(), incident.setTier(Tier.CREEP).build())))
        .as("a ticket does not inhibit pages")
        .containsExactly("HalfsecondIncidentCrept");
    assertThat(names(pages(NOON, dismissed(cohort)))).containsExactly("HalfsecondCohortInIncident");
  }

  @Test
  void should_not_begin_in_the_future_nor_hold_what_a_page_would_obey() {
    var ahead = host.setOnset(NOON.plusSeconds(5)).setTitle("web-17: \u202eslower").build();

    assertThat(pages(NOON, ahead))
        .singleElement()
        .satisfies(
            page -> {
              assertThat(page.startsAt()).isEqualTo(NOON);
              assertThat(page.annotations()).containsEntry("summary", "web-17: ?slower");
            });
    assertThat(Page.of(List.of(ahead), NOON, Page.Links.NONE).getFirst().annotations())
        .containsOnlyKeys("summary", "description");
  }

  private static List<Page> pages(Instant now, Alert... open) {
    return Page.of(List.of(open), now, LINKS);
  }

  private static List<String> names(List<Page> pages) {
    return pages.stream().map(page -> page.labels().getOrDefault("alertname", "")).toList();
  }

  private static Alert.Builder confirmed(Alert.Builder alert) {
    return alert.setState(AlertState.CONFIRMED).setConfirmed(true);
  }

  private static Alert dismissed(Alert.Builder alert) {
    return alert
        .setState(AlertState.ACKNOWLEDGED)
        .setAcknowledgement(
            Acknowledgement.newBuilder()
                .setDecision(Decision.DISMISS)
                .setWho("alice@bastion")
                .setAt(NOON)
                .setWhy("known")
                .build())
        .build();
  }

  private static Alert.Builder changed(Alert.Builder alert, ChangeKind kind) {
    return alert
        .setAttribution(Attribution.CHANGED)
        .setChanges(
            List.of(
                Change.newBuilder()
                    .setKind(kind)
                    .setSubject("/opt/lib/libslow.so.1")
                    .setAfter("5f".repeat(32))
                    .setNotBefore(NOON.minusSeconds(60))
                    .setAt(NOON.minusSeconds(50))
                    .build()));
  }
}
