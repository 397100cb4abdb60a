package io.halfsecond.deploy.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.collector.probe.Probe;
import io.halfsecond.collector.probe.ProbePhase;
import io.halfsecond.schemas.ProbeOutcome;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProbeTextTest {
  private static final long MILLI = 1_000_000;

  private final Locale locale = Locale.getDefault();

  @AfterEach
  void restoreLocale() {
    Locale.setDefault(locale);
  }

  @Test
  void should_show_each_phase_with_minimum_median_and_p95_whatever_the_locale() {
    Locale.setDefault(Locale.GERMANY);
    var probes = IntStream.rangeClosed(1, 20).mapToObj(i -> refused(10L * i)).toList();

    var text = ProbeText.of(ProbeSummary.of("web-17", probes), false);

    assertThat(text)
        .containsExactly(
            "web-17 (SSH-2.0-OpenSSH_9.2p1): 20 probes",
            "                     minimum      median         p95",
            "connect               1.0 ms      1.0 ms      1.0 ms",
            "banner               10.0 ms    100.0 ms    190.0 ms",
            "Every user was refused, as expected; banner latency is normal.");
  }

  @Test
  void should_find_it_slow_when_even_the_fastest_banner_takes_half_a_second() {
    var summary = ProbeSummary.of("web-17", List.of(refused(517), refused(545)));

    assertThat(summary.finding()).isTrue();
    assertThat(ProbeText.of(summary, false))
        .last()
        .asString()
        .startsWith("The banner takes 517.0 ms; 5 to 30 ms are common.");
  }

  @Test
  void should_find_it_open_when_a_user_who_does_not_exist_is_let_in() {
    var summary =
        ProbeSummary.of(
            "web-17",
            List.of(refused(9), new Probe(Map.of(), ProbeOutcome.ACCEPTED, "", Optional.empty())));

    assertThat(summary.finding()).isTrue();
    assertThat(ProbeText.of(summary, false))
        .last()
        .isEqualTo("The server let in a user who does not exist, with a key that nobody knows.");
  }

  @Test
  void should_say_how_they_ended_when_some_did_not_end_as_they_should() {
    var summary =
        ProbeSummary.of(
            "web-17",
            List.of(
                refused(9),
                new Probe(
                    Map.of(), ProbeOutcome.THROTTLED, "Exceeded MaxStartups", Optional.empty())));

    assertThat(summary.complete()).isFalse();
    assertThat(ProbeText.of(summary, false))
        .last()
        .isEqualTo("1 refused, 1 turned away for too many connections: Exceeded MaxStartups.");
  }

  private static Probe refused(long bannerMillis) {
    return new Probe(
        Map.of(ProbePhase.CONNECT, MILLI, ProbePhase.BANNER, bannerMillis * MILLI),
        ProbeOutcome.REFUSED,
        "",
        Optional.of("SSH-2.0-OpenSSH_9.2p1"));
  }
}
