package io.halfsecond.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.halfsecond.schemas.Topic.Cleanup;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TopicsTest {
  @Test
  void should_give_every_topic_the_prefix() {
    assertThat(Topics.of("staging.ssh.", 3).all())
        .allSatisfy(
            topic -> {
              assertThat(topic.name()).startsWith("staging.ssh.");
              assertThat(topic.partitions()).isEqualTo(topic.name().endsWith("schemas") ? 1 : 3);
            });
  }

  @Test
  void should_keep_the_last_step_of_an_alert_for_ninety_days() {
    assertThat(Topics.defaults().alerts().configs())
        .isEqualTo(Map.of("cleanup.policy", "compact,delete", "retention.ms", "7776000000"));
  }

  @Test
  void should_keep_alerts_as_json_as_those_in_avro_where_they_are_wanted() {
    var topics = Topics.of("staging.ssh.", 3);
    var json = topics.withAlertsJson().alertsJson().orElseThrow();

    assertThat(topics.alertsJson()).isEmpty();
    assertThat(topics.withAlertsJson().all())
        .hasSize(topics.all().size() + 1)
        .extracting(Topic::name)
        .contains(json.name());
    assertThat(json.name()).isEqualTo("staging.ssh.alerts-json");
    assertThat(json.keyedBy()).isEqualTo(topics.alerts().keyedBy());
    assertThat(json.partitions()).isEqualTo(topics.alerts().partitions());
    assertThat(json.configs()).isEqualTo(topics.alerts().configs());
  }

  @Test
  void should_name_the_topic_when_its_partitions_make_no_sense() {
    assertThatThrownBy(() -> Topics.of("ssh.", 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("topic ssh.auth-timing: partitions must be at least 1, not 0");
  }

  @Test
  void should_refuse_a_retention_of_nothing() {
    var serde = AvroSerde.of(Alert.class);
    assertThatThrownBy(() -> new Topic<>("t", "host", serde, 1, Duration.ZERO, Cleanup.DELETE))
        .hasMessageContaining("retention must be positive");
  }
}
