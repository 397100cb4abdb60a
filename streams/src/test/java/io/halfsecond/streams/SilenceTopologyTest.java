package io.halfsecond.streams;

import static io.halfsecond.streams.Given.START;
import static io.halfsecond.streams.Given.heartbeat;
import static io.halfsecond.streams.Given.selfTest;
import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertScope;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.CollectorStatus;
import io.halfsecond.schemas.Member;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Hosts that are silent, on the whole topology.
class SilenceTopologyTest {
  private static final List<String> SITE =
      IntStream.range(0, 30).mapToObj("web-%02d"::formatted).toList();

  private static final Duration TICK = Duration.ofSeconds(15);

  @TempDir private Path stateDirectory = Path.of("");
  private final Map<String, Long> sequences = new HashMap<>();

  @SuppressWarnings("NullAway.Init") // set before each test
  private Harness harness;

  @BeforeEach
  void start() {
    harness = new Harness(stateDirectory);
    harness.brokerAnswers(true);
    for (var host : SITE) {
      harness.send(
          selfTest(number(host), START)
              .setHost(host)
              .setId(Given.id(host.hashCode()))
              .setCohort("debian-12"));
    }
    live(SITE, 4);
    assertThat(harness.alerts()).isEmpty();
  }

  @AfterEach
  void stop() {
    harness.close();
  }

  private long number(String host) {
    return sequences.merge(host, 1L, Long::sum) - 1;
  }

  private CollectorStatus.Builder beat(String host) {
    return heartbeat(number(host), harness.now()).setHost(host).setHeartbeatMillis(10_000);
  }

  /// Heartbeats of these hosts, and none of others.
  private void live(List<String> hosts, int ticks) {
    for (int n = 0; n < ticks; n++) {
      harness.pass(TICK);
      hosts.forEach(host -> harness.send(beat(host)));
    }
  }

  private double silent(String host, String goodbye) {
    return harness.scraped(
        "halfsecond_collector_silent{goodbye=\"%s\",host=\"%s\"}".formatted(goodbye, host));
  }

  private static List<Alert> incidents(List<Alert> alerts) {
    return alerts.stream().filter(alert -> alert.getScope() == AlertScope.INCIDENT).toList();
  }

  @Test
  void should_make_one_incident_of_a_site_that_goes_dark() {
    // when
    live(List.of(), 6);

    // then
    var opened = harness.alerts();
    assertThat(opened.stream().filter(alert -> alert.getScope() == AlertScope.HOST))
        .as("none is alone")
        .hasSize(2 * SITE.size())
        .allSatisfy(alert -> assertThat(alert.getCovered()).isTrue());
    var incident = incidents(opened).getLast();
    assertThat(incidents(opened)).extracting(Alert::getAlertId).containsOnly(incident.getAlertId());
    assertThat(incident.getSubject()).isEqualTo("silence/collector");
    assertThat(incident.getConfirmed()).isTrue();

    // and when it is back
    live(SITE, 2);

    // then
    var over = incidents(harness.alerts()).getLast();
    assertThat(over.getState()).isEqualTo(AlertState.RESOLVED);
    assertThat(over.getMembers())
        .hasSize(SITE.size())
        .extracting(Member::getHost)
        .containsExactlyInAnyOrderElementsOf(SITE);
    assertThat(over.getTitle())
        .startsWith("30 hosts of debian-12: collector silent without a goodbye (silence) is over");
  }

  @Test
  void should_say_nothing_of_hosts_while_the_broker_does_not_answer() {
    // when
    harness.brokerAnswers(false);
    live(List.of(), 20);
    harness.brokerAnswers(true);
    // Collectors need a moment.
    live(List.of(), 3);
    live(SITE, 8);

    // then
    assertThat(harness.alerts()).isEmpty();
    assertThat(harness.registry.scrape()).doesNotContain("halfsecond_collector_silent{");
  }

  @Test
  void should_find_the_host_that_is_not_back_after_the_broker_was_away() {
    // when
    harness.brokerAnswers(false);
    live(List.of(), 20);
    harness.brokerAnswers(true);
    live(SITE.subList(1, SITE.size()), 8);

    // then
    assertThat(harness.alerts()).extracting(Alert::getHost).containsOnly(SITE.getFirst(), "");
  }

  @Test
  void should_show_who_is_silent_and_whether_on_purpose() {
    // given
    var killed = SITE.get(0);
    var stopped = SITE.get(1);
    var others = SITE.subList(2, SITE.size());

    // when
    harness.send(beat(stopped).setGoodbye(true));
    live(others, 6);

    // then
    assertThat(silent(killed, "no")).isOne();
    assertThat(silent(stopped, "yes")).isOne();
    assertThat(
            harness
                .registry
                .scrape()
                .lines()
                .filter(line -> line.startsWith("halfsecond_collector_silent{")))
        .hasSize(2);
    assertThat(harness.alerts()).extracting(Alert::getHost).containsOnly(killed, "");

    // and when they are back
    live(SITE, 1);
    assertThat(harness.registry.scrape()).doesNotContain("halfsecond_collector_silent{");
  }
}
