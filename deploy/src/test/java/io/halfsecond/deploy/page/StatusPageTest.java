package io.halfsecond.deploy.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.deploy.alerts.Given;
import io.halfsecond.schemas.Alert;
import io.halfsecond.streams.metric.Present;
import io.halfsecond.streams.metric.Present.Changed;
import io.halfsecond.streams.metric.Present.Host;
import io.halfsecond.streams.metric.Present.SignalNow;
import java.io.StringReader;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.xml.sax.InputSource;

class StatusPageTest {
  private static final Instant NOW = Given.NOON.plusSeconds(60);
  private static final String HOSTILE = "<script>alert(1)</script>\"'&\u0007";

  static final Host SHIFTED =
      host("web-17", 3.4, Map.of("startup", moved(), "faults", faults(), "preauth", unmoved()));
  static final Host QUIET = host("web-18", 1e-9, Map.of("startup", withoutBaseline()));

  static Present given() {
    var alert =
        Given.startup("05ab0f3f".repeat(8))
            .setConfirmed(true)
            .setTitle("web-17: sshd startup 8.2 ms → 511 ms, new library libslow.so.1 [05ab0f3f]")
            .setSummary("web-17: sshd startup 8.2 ms → 511 ms, began after libslow.so.1.")
            .setEvidence(List.of("new library /opt/lib/libslow.so.1", "14 connections"))
            .build();
    return new Present(List.of(alert), List.of(SHIFTED, QUIET));
  }

  private static Host host(String name, double evidence, Map<String, SignalNow> signals) {
    return new Host(
        name,
        "debian-12-x86_64",
        evidence,
        Optional.of(NOW.minusSeconds(4)),
        new TreeMap<>(signals),
        List.of(
            new Changed(Given.NOON, "object", "new library libslow.so.1 (no package)"),
            new Changed(Given.NOON.minusSeconds(2), "restart", "restart of sshd")));
  }

  private static SignalNow moved() {
    return signal(true, 0.007, 0.0082, 0.011, 0.511, 0.560);
  }

  private static SignalNow unmoved() {
    return signal(true, 0.08, 0.1, 0.3, 0.11, 0.2);
  }

  private static SignalNow faults() {
    return signal(false, 551, 560, 568, 590, 601);
  }

  private static SignalNow signal(
      boolean seconds, double low, double usual, double high, double median, double upper) {
    return new SignalNow(seconds, some(low), some(usual), some(high), some(median), some(upper));
  }

  private static SignalNow withoutBaseline() {
    var none = OptionalDouble.empty();
    return new SignalNow(true, none, none, none, some(0.009), some(0.012));
  }

  private static OptionalDouble some(double value) {
    return OptionalDouble.of(value);
  }

  @Test
  void should_show_alerts_with_their_sentence_and_hosts_by_evidence() {
    var page = StatusPage.ofAll(given(), Share.WHOLE, NOW);

    assertThat(page)
        .contains(
            "<title>(1) sshd on 2 hosts – Halfsecond</title>",
            "web-17: sshd startup 8.2 ms → 511 ms, new library libslow.so.1 [05ab0f3f]",
            "began after libslow.so.1.",
            "<li>new library /opt/lib/libslow.so.1</li>",
            "halfsecond ack 05ab0f3f --accept",
            "<a href=\"/?host=web-18\">web-18</a>",
            "340 %",
            "below 0.1 %");
    assertThat(page.indexOf("340 %")).isLessThan(page.indexOf("below 0.1 %"));
  }

  @Test
  void should_say_that_other_instances_have_other_hosts_and_where() {
    var others = List.of(URI.create("http://t-2.example:9156/"), URI.create("http://[::1]:9156/"));

    assertThat(StatusPage.ofAll(given(), new Share(4, 12, others), NOW))
        .contains(
            "sshd on 2 hosts of this instance",
            "this one has 4 of 12 partitions",
            "<a href=\"http://t-2.example:9156/\">t-2.example:9156</a>, <a",
            ">[::1]:9156</a>.");
    assertThat(StatusPage.ofAll(given(), new Share(4, 12, List.of()), NOW))
        .contains("of this instance", "stream.advertised-http");
    assertThat(StatusPage.ofAll(given(), Share.UNKNOWN, NOW))
        .contains("of this instance", "may have hosts and alerts that are not shown");
    assertThat(StatusPage.ofAll(given(), Share.WHOLE, NOW))
        .doesNotContain("instance", "partitions");
  }

  @Test
  void should_show_a_host_s_baseline_against_now_and_what_changed() {
    var page = StatusPage.ofHost(given(), Share.WHOLE, "web-17", NOW).orElseThrow();

    assertThat(page)
        .contains("7.0 ms – 11 ms", "511 ms", "551 – 568", "restart of sshd", "<svg ")
        .contains("2026-03-29 12:00:00Z");
    assertThat(Pattern.compile("circle class=\"now out\"").matcher(page).results()).hasSize(2);
    assertThat(Pattern.compile("circle class=\"now\"").matcher(page).results()).hasSize(1);
  }

  @Test
  void should_show_what_another_alert_covers_below_it_and_on_the_page_of_the_host_only() {
    var first = given().alerts().getFirst();
    var covered =
        Given.startup("cc".repeat(16)).setTitle("web-17: sshd CPU").setCovered(true).build();
    var both = new Present(List.of(covered, first), List.of(SHIFTED, QUIET));
    var alone = new Present(List.of(covered), List.of(SHIFTED, QUIET));

    assertThat(StatusPage.ofAll(both, Share.WHOLE, NOW)).doesNotContain("web-17: sshd CPU");
    assertThat(StatusPage.ofHost(both, Share.WHOLE, first.getHost(), NOW).orElseThrow())
        .containsSubsequence(
            first.getTitle(), "Alerts that are part of these (1)", "web-17: sshd CPU");
    assertThat(StatusPage.ofHost(alone, Share.WHOLE, first.getHost(), NOW).orElseThrow())
        .contains("web-17: sshd CPU")
        .doesNotContain("part of these");
  }

  @Test
  void should_show_a_host_its_own_incidents_only_and_lead_from_an_incident_to_its_hosts() {
    var first = given().alerts().getFirst();
    var incident =
        Given.incident("dd".repeat(16), Map.of("web-17", List.of(first.getAlertId())))
            .setTitle("1 host with a new library")
            .build();
    var present = new Present(List.of(incident, first), List.of(SHIFTED, QUIET));

    assertThat(StatusPage.ofHost(present, Share.WHOLE, "web-17", NOW).orElseThrow())
        .contains("1 host with a new library", "<a href=\"/?host=web-17\">web-17</a>");
    assertThat(StatusPage.ofHost(present, Share.WHOLE, "web-18", NOW).orElseThrow())
        .doesNotContain("1 host with a new library");
  }

  @Test
  void should_name_the_last_change_that_is_no_restart() {
    var restarted =
        new Host(
            "web-19",
            "",
            0,
            Optional.of(NOW),
            new TreeMap<>(),
            List.of(
                new Changed(Given.NOON, "restart", "restart of sshd"),
                new Changed(Given.NOON.minusSeconds(5), "package", "liblzma5 5.4.1-1 → 5.6.1-1")));

    assertThat(
            StatusPage.ofAll(new Present(List.of(), List.of(restarted, QUIET)), Share.WHOLE, NOW))
        .contains("liblzma5 5.4.1-1 → 5.6.1-1")
        .doesNotContain("restart of sshd");
  }

  @Test
  void should_show_the_only_host_at_once() {
    var one = new Present(List.of(), List.of(SHIFTED));

    assertThat(StatusPage.ofAll(one, Share.WHOLE, NOW))
        .contains("No alert is open.", "restart of sshd");
    assertThat(StatusPage.ofAll(given(), Share.WHOLE, NOW)).doesNotContain("restart of sshd");
  }

  @Test
  void should_know_no_host_that_is_not_there() {
    assertThat(StatusPage.ofHost(given(), Share.WHOLE, "web-19", NOW)).isEmpty();
    assertThat(StatusPage.ofAll(new Present(List.of(), List.of()), Share.WHOLE, NOW))
        .contains("No host has sent telemetry");
  }

  @Test
  void should_escape_every_text_of_others() {
    var host =
        new Host(
            HOSTILE,
            HOSTILE,
            2,
            Optional.empty(),
            Map.of(HOSTILE, moved()),
            List.of(new Changed(NOW, HOSTILE, HOSTILE)));
    var alert =
        Alert.newBuilder(given().alerts().getFirst())
            .setHost(HOSTILE)
            .setTitle(HOSTILE)
            .setSummary(HOSTILE)
            .setEvidence(List.of(HOSTILE))
            .setAlertId(HOSTILE)
            .build();
    var present = new Present(List.of(alert), List.of(host));

    for (var page :
        List.of(
            StatusPage.ofAll(present, Share.WHOLE, NOW),
            StatusPage.ofHost(present, Share.WHOLE, HOSTILE, NOW).orElseThrow())) {
      assertThat(page)
          .doesNotContainIgnoringCase("<script")
          .contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;?");
      assertThat(page.chars().filter(Character::isISOControl).allMatch(c -> c == '\n')).isTrue();
    }
  }

  @Test
  void should_load_nothing_and_run_nothing() {
    for (var page :
        List.of(
            StatusPage.ofAll(given(), Share.WHOLE, NOW),
            StatusPage.ofHost(given(), Share.WHOLE, "web-17", NOW).orElseThrow())) {
      assertThat(page)
          .doesNotContain("<script", "<link", "<img", "<iframe", " style=", "@import", "url(", "//")
          .doesNotContainPattern("\\son\\w+=");
      assertThat(Pattern.compile("<style>").matcher(page).results()).hasSize(1);
    }
    assertThat(Stylesheet.POLICY).startsWith("default-src 'none'; style-src 'sha256-");
  }

  @Test
  void should_close_every_element() throws Exception {
    var page = StatusPage.ofHost(given(), Share.WHOLE, "web-17", NOW).orElseThrow();
    var body =
        page.substring(page.indexOf("<body>"), page.indexOf("</html>")).replace("&nbsp;", " ");

    var document =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(body)));

    assertThat(document.getElementsByTagName("svg").getLength()).isEqualTo(3);
  }

  @Test
  void should_stay_small_however_many_hosts_there_are() {
    var hosts = new ArrayList<Host>();
    IntStream.range(0, 10_000).forEach(n -> hosts.add(host("web-" + n, 0, Map.of())));

    var page = StatusPage.ofAll(new Present(List.of(), hosts), Share.WHOLE, NOW);

    assertThat(page).contains("The first 50 of 10,000 hosts").hasSizeLessThan(40_000);
  }
}
