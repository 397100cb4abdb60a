package io.halfsecond.streams.metric;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

class BoardTest {
  private static final Metric METRIC =
      new Metric("halfsecond.any", "", "What a person should know about it");
  private static final Tags TAGS = Tags.of("host", "web-17");

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Board board = new Board(registry);

  @Test
  void should_remove_all_meters_of_a_section_when_it_is_closed() {
    // given
    var section = board.section();
    section.gauge(METRIC, TAGS, 1);
    section.counter(Meters.LOST, TAGS, 5);
    assertThat(registry.get(METRIC.name()).tags(TAGS).gauge().value()).isEqualTo(1);
    assertThat(registry.get(Meters.LOST.name()).tags(TAGS).functionCounter().count()).isEqualTo(5);

    // when
    section.close();

    // then
    assertThat(registry.getMeters()).isEmpty();
  }

  /// A task that is revived closes its processors and initialises them again.
  @Test
  void should_show_a_gauge_again_that_is_set_after_its_section_was_closed() {
    // given
    var section = board.section();
    var gauge = section.often(METRIC, TAGS);
    gauge.accept(1);
    gauge.accept(2);
    assertThat(registry.get(METRIC.name()).tags(TAGS).gauge().value()).isEqualTo(2);

    // when
    section.close();
    assertThat(registry.getMeters()).isEmpty();
    gauge.accept(3);

    // then
    assertThat(registry.get(METRIC.name()).tags(TAGS).gauge().value()).isEqualTo(3);
  }

  @Test
  void should_keep_a_meter_that_another_section_has_written_to_since() {
    // given
    var old = board.section();
    var next = board.section();
    old.gauge(METRIC, TAGS, 1);
    next.gauge(METRIC, TAGS, 2);

    // when
    old.close();

    // then
    assertThat(registry.get(METRIC.name()).tags(TAGS).gauge().value()).isEqualTo(2);
    next.remove(METRIC, TAGS);
    assertThat(registry.getMeters()).isEmpty();
  }
}
