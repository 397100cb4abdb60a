package io.halfsecond.streams.engine;

import static io.halfsecond.streams.Given.START;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class RetirementTest {
  private final Retirement retirement = new Retirement();

  private static Instant day(double n) {
    return START.plus(Duration.ofMinutes((long) (n * 24 * 60)));
  }

  @Test
  void should_retire_a_host_when_the_others_have_gone_on_for_a_month_and_a_day() {
    retirement.heard("web-17", day(0));

    assertThat(retirement.heard("app-1", day(30.9))).isEmpty();
    assertThat(retirement.heard("app-1", day(31))).containsExactly("web-17");
  }

  @Test
  void should_retire_hosts_in_the_order_of_their_names() {
    List.of("web-3", "web-1", "web-2").forEach(host -> retirement.heard(host, day(0)));

    assertThat(retirement.heard("app-1", day(40))).containsExactly("web-1", "web-2", "web-3");
  }

  /// Nobody is there to say how much time has passed.
  @Test
  void should_retire_nobody_while_all_are_silent() {
    retirement.heard("web-17", day(0));
    retirement.heard("app-1", day(0));

    assertThat(retirement.heard("app-1", day(0.5))).isEmpty();
  }

  /// As in a replay of the logs of one host after the other.
  @Test
  void should_keep_a_host_that_is_heard_of_now_whatever_the_time_of_its_records() {
    retirement.heard("app-1", day(100));

    assertThat(retirement.heard("web-17", day(0))).isEmpty();
    assertThat(retirement.heard("web-17", day(1))).isEmpty();
    assertThat(retirement.heard("app-1", day(130))).isEmpty();
    assertThat(retirement.heard("app-1", day(131.1))).containsExactly("web-17");
  }

  @Test
  void should_count_from_the_last_record_of_a_host_after_a_restart() {
    retirement.resume("web-17", day(0));
    retirement.resume("app-1", day(30));

    assertThat(retirement.heard("app-1", day(30.5))).isEmpty();
    assertThat(retirement.heard("app-1", day(31.6))).containsExactly("web-17");
  }

  @Test
  void should_have_retired_a_host_by_its_own_time_alone() {
    assertThat(Retirement.hasRetired(day(0), day(29.9))).isFalse();
    assertThat(Retirement.hasRetired(day(0), day(30))).isTrue();
  }

  @Test
  void should_retire_a_host_once() {
    retirement.heard("web-17", day(0));
    retirement.heard("app-1", day(31)).forEach(retirement::forget);

    assertThat(retirement.heard("app-1", day(62))).isEmpty();
  }
}
