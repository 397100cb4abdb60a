package io.halfsecond.deploy.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.deploy.broker.ClusterTopics.Sight;
import io.halfsecond.deploy.config.Configuration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ClusterChecksTest {
  private static final String WRITTEN = "ssh.auth-timing";
  private static final String READ = "ssh.alerts";

  @Test
  void should_only_warn_when_nobody_has_named_a_kafka() {
    assertThat(
            ClusterChecks.unusable(
                    configuration(Map.of()), "no Kafka at 127.0.0.1:9092", "start Kafka")
                .text())
        .isEqualTo(
            """
            warn  Kafka: no Kafka at 127.0.0.1:9092
                  why: a collector's records wait in its spool, and nothing is judged
                  do:  start halfsecond up, or name your Kafka with --bootstrap-servers\
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
                "a collector's records wait in its spool, and nothing is judged",
                "start Kafka, or name another with --bootstrap-servers"));
  }

  @Test
  void should_fail_when_a_topic_is_missing() {
    assertThat(topics(Sight.PRESENT, Sight.MISSING).text())
        .isEqualTo(
            """
            FAIL  topics: 1 missing
                  why: a collector's records wait in its spool, and nothing is judged
                  do:  run halfsecond topics apply\
            """);
  }

  @Test
  void should_not_take_what_a_collector_may_not_see_for_missing() {
    assertThat(topics(Sight.PRESENT, Sight.HIDDEN).text())
        .isEqualTo("ok    topics: all present that this user may see; 1 it may not");
  }

  @Test
  void should_fail_when_a_collector_may_not_write() {
    var finding = topics(Sight.HIDDEN, Sight.HIDDEN);

    assertThat(finding.level()).isEqualTo(Finding.Level.FAIL);
    assertThat(finding.what()).contains("may not write to " + WRITTEN);
  }

  @Test
  void should_not_ask_a_collectors_rights_of_a_reader() {
    assertThat(topics(Sight.HIDDEN, Sight.PRESENT).level()).isEqualTo(Finding.Level.OK);
  }

  @Test
  void should_print_a_finding_as_one_line_of_json() {
    assertThat(Finding.fail("a \"b\"", "c", "d").json("kafka"))
        .isEqualTo(
            """
            {"part":"kafka","level":"fail","what":"a \\"b\\"","why":"c","remedy":"d"}\
            """);
  }

  private static Finding topics(Sight written, Sight read) {
    return ClusterChecks.topics(Map.of(WRITTEN, written, READ, read), WRITTEN, READ);
  }

  private static Configuration configuration(Map<String, String> set) {
    return Configuration.load(Optional.empty(), Map.of(), set);
  }
}
