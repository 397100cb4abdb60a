package io.halfsecond.collector.source.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProbeScheduleTest {
  private static final double TWO_HOURS_SECONDS = 7_200;

  /// What OpenSSH 9.8 to 10.5 hold against an address (srclimit.c, srclimit_penalise and
  /// srclimit_penalty_check_allow): each penalty moves the time at which all is forgiven further
  /// off; more than 15 s off, the address is turned away.
  private static final class Penalties {
    private static final double MIN_SECONDS = 15;
    private double forgivenAt;
    private double worst;

    void add(double now, double seconds) {
      forgivenAt = Math.max(now, forgivenAt) + seconds;
      worst = Math.max(worst, forgivenAt - now);
    }

    boolean everTurnedAway() {
      return worst > MIN_SECONDS;
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {15, 60})
  void should_never_be_penalised_by_an_sshd_that_penalises_by_default(int interval) {
    // given
    var penalties = new Penalties();
    var schedule = new ProbeSchedule(Duration.ofSeconds(interval), new Random(interval));

    // when
    double now = seconds(schedule.first());
    while (now < TWO_HOURS_SECONDS) {
      for (int i = 0; i < ProbeSchedule.IDENTIFICATIONS; i++) {
        penalties.add(now, 1);
      }
      penalties.add(now, 5);
      // A round takes no time at all, which is the worst case.
      now += seconds(schedule.next());
    }

    // then
    assertThat(penalties.everTurnedAway()).as("worst: %.1f s", penalties.worst).isFalse();
  }

  private static double seconds(Duration pause) {
    return (double) pause.toNanos() / 1e9;
  }

  @Test
  void should_refuse_an_interval_that_would_be_penalised() {
    assertThatThrownBy(() -> ProbeSettings.defaults().withInterval(Duration.ofSeconds(14)))
        .hasMessageContaining("at least 15 s")
        .hasMessageContaining("PT14S");
  }

  @Test
  void should_stay_away_for_longer_each_time_it_is_turned_away() {
    var schedule = new ProbeSchedule(Duration.ofMinutes(1), new Random(1));

    var pauses = IntStream.range(0, 9).mapToObj(_ -> schedule.turnedAway().toMinutes()).toList();

    assertThat(pauses).containsExactly(15L, 30L, 60L, 120L, 240L, 480L, 960L, 1440L, 1440L);
    assertThat(schedule.next()).isBetween(Duration.ofSeconds(48), Duration.ofSeconds(60));
    assertThat(schedule.turnedAway()).isEqualTo(Duration.ofMinutes(15));
  }
}
