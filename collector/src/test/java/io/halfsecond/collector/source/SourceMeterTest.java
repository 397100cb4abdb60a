package io.halfsecond.collector.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.collector.source.SourceMeter.Condition;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SourceMeterTest {
  private final AtomicLong nanos = new AtomicLong();
  private final SourceMeter meter = new SourceMeter(nanos::get);

  @Test
  void should_be_degraded_once_it_has_not_worked_for_two_periods() {
    // given
    meter.become(Condition.RUNNING, "probes every 60 s");
    meter.worked(Duration.ofMinutes(1));

    // when
    nanos.addAndGet(Duration.ofMinutes(2).toNanos());
    var intime = meter.state();
    nanos.addAndGet(Duration.ofSeconds(1).toNanos());
    var overdue = meter.state();
    meter.worked(Duration.ofMinutes(1));

    // then
    assertThat(intime.condition()).isEqualTo(Condition.RUNNING);
    assertThat(overdue.condition()).isEqualTo(Condition.DEGRADED);
    assertThat(overdue.detail())
        .isEqualTo("has done nothing for 121 s, where it should within 60 s");
    assertThat(meter.state().detail()).isEqualTo("probes every 60 s");
  }

  @Test
  void should_say_nothing_of_a_period_that_is_not_known_or_of_a_source_that_has_ended() {
    meter.become(Condition.RUNNING, "");
    nanos.addAndGet(Duration.ofDays(1).toNanos());
    assertThat(meter.state().condition()).isEqualTo(Condition.RUNNING);

    meter.worked(Duration.ofSeconds(1));
    meter.become(Condition.STOPPED, "closed");
    nanos.addAndGet(Duration.ofDays(1).toNanos());
    assertThat(meter.state().condition()).isEqualTo(Condition.STOPPED);
  }
}
