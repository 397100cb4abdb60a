package io.halfsecond.deploy.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.deploy.broker.ClusterTopics.Sight;
import io.halfsecond.deploy.config.Configuration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ClusterChecksTest {
  private static final String WRITTEN = "ssh.auth-timing";

  @Test
  void should_only_warn_when_nobody_has_named_a_kafka() {
    assertThat(
            ClusterChecks.unusable(
                    configuration(Map.of()), "no Kafka at 127.0.0.1:9092", "start Kafka")
                .text())
        .isEqualTo(
            """
            warn  Kafka: no Kafka at 127.0.0.1:9092
                  start halfsecond up, or name your Kafka with --bootstrap-servers\
            """);
  }

  @Test
  void should_fail_when_the_kafka_that_was_named_is_not_there() {
    var named = configuration(Map.of("kafka.bootstrap.servers", "127.0.0.1:1"));

    assertThat(ClusterChecks.run(named))
        .singleElement()
        .isEqualTo(
            Finding.fail(
                "Kafka: no Kafka at 127.0.0.1:1: connection refused",
                "start Kafka, or name another with --bootstrap-servers"));
  }

  @Test
  void should_fail_when_a_topic_is_missing() {
    assertThat(
            ClusterChecks.topics(
                    Map.of(WRITTEN, Sight.PRESENT, "ssh.alerts", Sight.MISSING), WRITTEN)
                .text())
        .isEqualTo("FAIL  topics: 1 missing\n      run halfsecond topics apply");
  }

  @Test
  void should_not_take_what_a_collector_may_not_see_for_missing() {
    assertThat(
            ClusterChecks.topics(
                    Map.of(WRITTEN, Sight.PRESENT, "ssh.alerts", Sight.HIDDEN), WRITTEN)
                .text())
        .isEqualTo("ok    topics: all present that this user may see; 1 it may not");
  }

  @Test
  void should_fail_when_a_collector_may_not_write() {
    var finding =
        ClusterChecks.topics(Map.of(WRITTEN, Sight.HIDDEN, "ssh.alerts", Sight.HIDDEN), WRITTEN);

    assertThat(finding.level()).isEqualTo(Finding.Level.FAIL);
    assertThat(finding.what()).contains("may not write to " + WRITTEN);
  }

  @Test
  void should_print_a_finding_as_one_line_of_json() {
    assertThat(Finding.fail("a \"b\"", "c").json())
        .isEqualTo("{\"level\":\"fail\",\"what\":\"a \\\"b\\\"\",\"remedy\":\"c\"}");
  }

  private static Configuration configuration(Map<String, String> set) {
    return Configuration.load(Optional.empty(), Map.of(), set);
  }
}
