package io.halfsecond.deploy.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.schemas.Waiting;
import io.halfsecond.schemas.Waiting.Reason;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import org.apache.kafka.streams.errors.ProcessorStateException;
import org.apache.kafka.streams.errors.StreamsException;
import org.junit.jupiter.api.Test;

class TopologyFailureTest {
  /// The words of Kafka Streams 4.3, which advises a tool that deletes the state.
  @Test
  void should_name_the_procedure_when_the_partitions_were_changed() {
    assertThat(
            TopologyFailure.explain(
                new StreamsException(
                    "Existing internal topic halfsecond-by-cohort-repartition has invalid"
                        + " partitions: expected: 12; actual: 1. Use"
                        + " 'org.apache.kafka.tools.StreamsResetter' tool to clean up invalid"
                        + " topics before processing.")))
        .isEqualTo(
            "Existing internal topic halfsecond-by-cohort-repartition has invalid partitions:"
                + " expected: 12; actual: 1: the partitions of the topics were changed; see \"More"
                + " partitions\" in docs/operate.md");
  }

  @Test
  void should_name_the_command_or_the_key_that_mends_it() {
    assertThat(explain(new MissingSourceTopicException("One or more source topics were missing")))
        .endsWith("create what is missing with halfsecond topics apply");
    assertThat(explain(new TopicAuthorizationException(Set.of("ssh.alerts"))))
        .contains("ssh.alerts", "a right is missing");
    assertThat(
            explain(
                new TransactionalIdAuthorizationException(
                    "Transactional Id authorization failed.")))
        .contains("lacks Write on its transactional ids; grant it", "--topology");
    assertThat(
            explain(
                new KafkaException(
                    "Unexpected error in TxnOffsetCommitResponse: Topic authorization failed.")))
        .contains("lacks Read on a topic that it reads; grant it", "--topology");
    assertThat(explain(new SaslAuthenticationException("Authentication failed")))
        .contains("kafka.sasl.*");
    assertThat(explain(new FencedInstanceIdException("fenced"))).contains("stream.instance");
    assertThat(explain(new IOException("No space left on device"))).contains("free space");
    assertThat(explain(new UnsatisfiedLinkError("x.so: failed to map segment")))
        .contains("permits executing files");
    assertThat(explain(new IllegalArgumentException("host state: version 9, known is 3")))
        .contains("another version");
    assertThat(explain(new TimeoutException("no answer"))).contains("check that Kafka runs");
  }

  @Test
  void should_take_the_cause_and_not_what_wraps_it() {
    assertThat(
            TopologyFailure.explain(
                new ProcessorStateException(
                    "Error opening store hosts",
                    new IOException("/var/lib/x/LOCK: No space left on device"))))
        .isEqualTo(
            "/var/lib/x/LOCK: No space left on device: free space where stream.state-directory is,"
                + " so that it can be written; it resumes where it stopped");
    assertThat(explain(new ProcessorStateException("Error opening store hosts\nmore")))
        .startsWith("Error opening store hosts: the local stores cannot be used");
  }

  @Test
  void should_say_what_is_known_of_any_other_failure() {
    assertThat(explain(new IllegalStateException("bug\nwith lines")))
        .isEqualTo("bug: the log has more; it resumes where it stopped");
    assertThat(explain(new IllegalStateException())).startsWith("IllegalStateException: ");
  }

  @Test
  void should_wait_for_what_passes() {
    assertThat(reason(new TimeoutException("no answer"))).contains(Reason.BROKER);
    assertThat(reason(new SaslAuthenticationException("refused"))).contains(Reason.AUTHENTICATION);
    assertThat(reason(new TopicAuthorizationException(Set.of("ssh.alerts"))))
        .contains(Reason.AUTHORIZATION);
    assertThat(reason(new MissingSourceTopicException("ssh.probe"))).contains(Reason.TOPICS);
    assertThat(reason(new IOException("No space left on device"))).contains(Reason.STATE_DISK);
    assertThat(reason(new ProcessorStateException("Error opening store")))
        .contains(Reason.STATE_DISK);
    assertThat(reason(new IllegalStateException("bug"))).contains(Reason.RESTARTING);
  }

  @Test
  void should_end_where_only_other_settings_or_another_version_help() {
    assertThat(reason(new StreamsException("x has invalid partitions: expected 12"))).isEmpty();
    assertThat(reason(new FencedInstanceIdException("fenced"))).isEmpty();
    assertThat(reason(new UnsatisfiedLinkError("x.so"))).isEmpty();
    assertThat(reason(new IllegalArgumentException("host state: version 9, known is 3"))).isEmpty();
  }

  private static Optional<Reason> reason(Throwable cause) {
    return TopologyFailure.waiting(new StreamsException("Exception caught in process.", cause))
        .map(Waiting::reason);
  }

  private static String explain(Throwable cause) {
    return TopologyFailure.explain(new StreamsException("Exception caught in process.", cause));
  }
}
