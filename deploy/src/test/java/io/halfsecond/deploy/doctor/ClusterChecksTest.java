package io.halfsecond.deploy.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.deploy.broker.ClusterRole;
import io.halfsecond.deploy.broker.ClusterRole.Right;
import io.halfsecond.deploy.broker.ClusterTopics.Sight;
import io.halfsecond.deploy.broker.MissingRights;
import io.halfsecond.deploy.config.Configuration;
import io.halfsecond.schemas.Topics;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class ClusterChecksTest {
  private static final String WRITTEN = "ssh.auth-timing";
  private static final String READ = "ssh.alerts";
  private static final String SCHEMAS = "ssh.schemas";

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

    assertThat(ClusterChecks.run(named, Optional.empty()))
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
            FAIL  topics: 1 missing: ssh.alerts
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
  void should_name_resource_operation_principal_and_command_of_what_a_role_lacks() {
    assertThat(
            rights(
                right ->
                    right.on().name().equals("ssh.probe") || right.on().name().equals(SCHEMAS)))
        .isEqualTo(
            """
            FAIL  rights: of those of a collector, User:CN=web 17,O=X lacks Write on `ssh.probe`, `ssh.schemas`
                  why: the brokers refuse it; they do not tell whether a topic exists that the user may not see
                  do:  grant it as an administrator: halfsecond topics apply --acls --collectors='User:CN=web 17,O=X'\
            """);
  }

  @Test
  void should_only_warn_of_rights_without_which_the_work_goes_on() {
    assertThat(rights(right -> right.on().name().equals(SCHEMAS)))
        .startsWith(
            "warn  rights: of those of a collector, User:CN=web 17,O=X lacks Write on"
                + " `ssh.schemas`");
    assertThat(rights(_ -> false))
        .isEqualTo("ok    rights: User:CN=web 17,O=X has all of a collector");
  }

  private static String rights(Predicate<Right> lacking) {
    var needed = ClusterRole.COLLECTOR.rights(Topics.defaults(), "ssh.", "halfsecond");
    return ClusterChecks.rights(
            new MissingRights(
                ClusterRole.COLLECTOR,
                Optional.of("User:CN=web 17,O=X"),
                needed,
                needed.stream().filter(lacking).toList()))
        .text();
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
    return ClusterChecks.topics(Map.of(WRITTEN, written, READ, read));
  }

  private static Configuration configuration(Map<String, String> set) {
    return Configuration.load(Optional.empty(), Map.of(), set);
  }
}
