package io.halfsecond.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.apache.kafka.streams.StreamsConfig;
import org.junit.jupiter.api.Test;

class StreamsSettingsTest {
  private final StreamsSettings defaults =
      StreamsSettings.defaults("127.0.0.1:9092", Path.of("state"));

  @Test
  void should_name_the_setting_that_is_wrong() {
    assertThatThrownBy(() -> defaults.withThreads(0))
        .hasMessageContaining("threads")
        .hasMessageContaining("not 0");
    assertThatThrownBy(() -> defaults.withReplicationFactor(0))
        .hasMessageContaining("replicationFactor");
    assertThatThrownBy(() -> defaults.withCommitInterval(Duration.ZERO))
        .hasMessageContaining("commitInterval");
    assertThatThrownBy(() -> defaults.withCommitInterval(Duration.ofMinutes(1)))
        .hasMessageContaining("commitInterval")
        .hasMessageContaining("PT1M");
    assertThatThrownBy(() -> defaults.withApplicationId(" ")).hasMessageContaining("applicationId");
  }

  @Test
  void should_not_let_the_guarantee_be_given_away() {
    assertThatThrownBy(
            () ->
                defaults.withKafka(
                    Map.of(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.AT_LEAST_ONCE)))
        .hasMessageContaining("processing.guarantee");
  }

  @Test
  void should_pass_on_what_kafka_should_know() {
    var properties =
        defaults
            .withInstance("topology-1")
            .withKafka(Map.of("main.consumer.session.timeout.ms", "6000"))
            .properties(new SimpleMeterRegistry(), InstantSource.system());

    assertThat(properties)
        .containsEntry("processing.guarantee", "exactly_once_v2")
        .containsEntry("main.consumer.group.instance.id", "topology-1")
        .containsEntry("main.consumer.session.timeout.ms", "6000")
        .containsEntry("errors.dead.letter.queue.topic.name", "ssh.dead-letters")
        .containsEntry("ensure.explicit.internal.resource.naming", true);
  }
}
