package io.halfsecond.streams.metric;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.streams.metric.NotableHosts.Candidate;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NotableHostsTest {
  private final NotableHosts hosts = new NotableHosts(HostMetrics.NOTABLE);
  private final NotableHosts.Section section = hosts.section();

  private static String host(int n) {
    return "web-%03d".formatted(n);
  }

  /// Hosts 0 to 299.
  private static List<Candidate> fleet(IntToDoubleFunction evidence) {
    return IntStream.range(0, 300)
        .mapToObj(n -> new Candidate(host(n), evidence.applyAsDouble(n)))
        .toList();
  }

  private List<String> notable() {
    return IntStream.range(0, 300)
        .mapToObj(NotableHostsTest::host)
        .filter(hosts::isNotable)
        .toList();
  }

  @Test
  void should_show_every_host_of_a_small_fleet_at_once() {
    section.appeared("web-17");

    assertThat(hosts.isNotable("web-17")).isTrue();
    section.offer(List.of(new Candidate("web-17", 0)));
    assertThat(hosts.isNotable("web-17")).isTrue();
  }

  @Test
  void should_show_those_that_lead_the_evidence() {
    section.offer(fleet(n -> 1.0 / (n + 1)));

    assertThat(notable())
        .containsExactlyElementsOf(
            IntStream.range(0, NotableHosts.LEADING).mapToObj(NotableHostsTest::host).toList());
  }

  @Test
  void should_keep_a_host_that_others_overtake_until_as_many_again_lead_before_it() {
    // given
    section.offer(fleet(n -> 1.0 / (n + 1)));

    // when the last one falls behind by one place, and then by as many as there are leading
    section.offer(fleet(n -> n == NotableHosts.LEADING - 1 ? 1.0 / (n + 2.5) : 1.0 / (n + 1)));
    var overtaken = notable();
    section.offer(
        fleet(
            n -> n == NotableHosts.LEADING - 1 ? 1.0 / (NotableHosts.STAYING + 2) : 1.0 / (n + 1)));

    // then
    assertThat(overtaken).contains(host(NotableHosts.LEADING - 1), host(NotableHosts.LEADING));
    assertThat(notable())
        .contains(host(NotableHosts.LEADING))
        .doesNotContain(host(NotableHosts.LEADING - 1));
  }

  /// However evidence changes, the number of details is bounded.
  @Test
  void should_never_show_more_than_stay() {
    for (int turn = 0; turn < 300; turn++) {
      int first = turn;
      section.offer(fleet(n -> 1.0 / ((n + first * 7) % 300 + 1)));

      assertThat(notable()).hasSizeBetween(NotableHosts.LEADING, NotableHosts.STAYING);
    }
  }

  @Test
  void should_compare_the_hosts_of_all_tasks() {
    // given
    var other = hosts.section();
    section.offer(fleet(_ -> 0.1));

    // when
    other.offer(List.of(new Candidate("db-1", 0.2)));

    // then
    assertThat(hosts.isNotable("db-1")).isTrue();
    other.close();
    section.offer(fleet(_ -> 0.1));
    assertThat(hosts.isNotable("db-1")).isFalse();
  }

  @Test
  void should_show_a_host_with_an_open_alert_until_it_is_over() {
    section.offer(fleet(n -> 1.0 / (n + 1)));

    section.alerted(host(299), true);
    assertThat(hosts.isNotable(host(299))).isTrue();

    section.alerted(host(299), false);
    assertThat(hosts.isNotable(host(299))).isFalse();
  }

  /// The host has moved to another task of the instance.
  @Test
  void should_keep_the_alert_that_another_task_has_taken_over() {
    var next = hosts.section();
    section.alerted("web-17", true);
    next.alerted("web-17", true);

    section.close();

    assertThat(hosts.isNotable("web-17")).isTrue();
    next.close();
    assertThat(hosts.isNotable("web-17")).isFalse();
  }

  @Test
  void should_follow_the_setting() {
    var all = new NotableHosts(HostMetrics.ALL);
    var none = new NotableHosts(HostMetrics.NONE);
    none.section().alerted("web-17", true);

    assertThat(all.isNotable("web-17")).isTrue();
    assertThat(all.anyShown()).isTrue();
    assertThat(none.isNotable("web-17")).isFalse();
    assertThat(none.anyShown()).isFalse();
  }
}
