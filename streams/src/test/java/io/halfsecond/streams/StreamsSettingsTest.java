package io.halfsecond.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.halfsecond.streams.StreamsSettings.Application;
import io.halfsecond.streams.StreamsSettings.HostBounds;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.streams.StreamsConfig;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class StreamsSettingsTest {
  private static final Path STATE = Path.of("state");

  private static StreamsSettings settings(Optional<String> instance, Map<String, String> kafka) {
    var defaults =
        StreamsSettings.defaults(
            "127.0.0.1:9092",
            new Application(
                "halfsecond",
                STATE,
                1,
                -1,
                0,
                Duration.ofSeconds(1),
                instance,
                HostBounds.defaults()));
    return new StreamsSettings(
        defaults.bootstrapServers(),
        defaults.topics(),
        defaults.application(),
        defaults.detector(),
        defaults.timeBounds(),
        kafka);
  }

  private static ThrowingCallable application(
      String id, int threads, int replicationFactor, Duration commitInterval) {
    return () ->
        new Application(
            id,
            STATE,
            threads,
            replicationFactor,
            0,
            commitInterval,
            Optional.empty(),
            HostBounds.defaults());
  }

  @Test
  void should_name_the_invalid_setting() {
    var second = Duration.ofSeconds(1);
    assertThatThrownBy(application("a", 0, 1, second))
        .hasMessageContaining("threads")
        .hasMessageContaining("not 0");
    assertThatThrownBy(application("a", 1, 0, second)).hasMessageContaining("replicationFactor");
    assertThatThrownBy(application("a", 1, 1, Duration.ZERO))
        .hasMessageContaining("commitInterval");
    assertThatThrownBy(application("a", 1, 1, Duration.ofMinutes(1)))
        .hasMessageContaining("commitInterval")
        .hasMessageContaining("PT1M");
    assertThatThrownBy(application(" ", 1, 1, second)).hasMessageContaining("applicationId");
  }

  @Test
  void should_reject_settings_that_would_break_the_guarantees() {
    assertThatThrownBy(
            () ->
                settings(
                    Optional.empty(),
                    Map.of(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.AT_LEAST_ONCE)))
        .hasMessageContaining("processing.guarantee");
  }

  @Test
  void should_pass_on_settings_of_kafka() {
    var properties =
        settings(Optional.of("topology-1"), Map.of("main.consumer.session.timeout.ms", "6000"))
            .properties(new SimpleMeterRegistry(), InstantSource.system());

    assertThat(properties)
        .containsEntry("processing.guarantee", "exactly_once_v2")
        .containsEntry("main.consumer.session.timeout.ms", "6000")
        .containsEntry("errors.dead.letter.queue.topic.name", "ssh.dead-letters")
        .containsEntry("ensure.explicit.internal.resource.naming", true);
  }
}
