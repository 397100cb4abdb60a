package io.halfsecond.deploy.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.deploy.broker.TopicPlan;
import io.halfsecond.deploy.config.Configuration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ClusterChecksTest {

  @Test
  void should_only_warn_when_nobody_has_named_a_kafka() {
    assertThat(ClusterChecks.silent(configuration(Map.of()), "timed out").text())
        .isEqualTo(
            """
            warn  Kafka: 127.0.0.1:9092 does not answer: timed out
                  start halfsecond up, or name your Kafka with --bootstrap-servers\
            """);
  }

  @Test
  void should_fail_when_the_kafka_that_was_named_is_silent() {
    var named =
        configuration(
            Map.of(
                "kafka.bootstrap.servers",
                "127.0.0.1:1",
                "kafka.default.api.timeout.ms",
                "300",
                "kafka.request.timeout.ms",
                "300"));

    assertThat(ClusterChecks.run(named))
        .singleElement()
        .extracting(Finding::level)
        .isEqualTo(Finding.Level.FAIL);
  }

  @Test
  void should_leave_the_partitions_of_a_running_topology_alone() {
    var fewer = new TopicPlan(List.of(new TopicPlan.AddPartitions("ssh.alerts", 1, 12)));

    assertThat(ClusterChecks.topics(fewer).text()).isEqualTo("ok    topics: all present");
  }

  @Test
  void should_fail_when_a_topic_is_missing() {
    var missing =
        new TopicPlan(
            List.of(
                new TopicPlan.AddPartitions("ssh.heartbeats", 1, 12),
                new TopicPlan.Create("ssh.alerts", 12, (short) 1, Map.of())));

    assertThat(ClusterChecks.topics(missing).text())
        .isEqualTo("FAIL  topics: 1 missing\n      run halfsecond topics apply");
  }

  private static Configuration configuration(Map<String, String> set) {
    return Configuration.load(Optional.empty(), Map.of(), set);
  }
}
