package io.halfsecond.streams;

import static org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse.REPLACE_THREAD;
import static org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionAbortableException;
import org.apache.kafka.common.errors.TransactionAbortedException;
import org.apache.kafka.common.errors.UnknownProducerIdException;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import org.apache.kafka.streams.errors.StreamsException;
import org.junit.jupiter.api.Test;

class FailurePolicyTest {
  private Instant now = Given.START;
  private final FailurePolicy policy = new FailurePolicy(() -> now);

  @Test
  void should_replace_the_thread_after_a_transient_failure() {
    assertThat(policy.handle(new StreamsException("send", new TimeoutException("slow"))))
        .isEqualTo(REPLACE_THREAD);
  }

  @Test
  void should_replace_the_thread_whose_transaction_the_broker_has_ended() {
    for (var cause :
        new RuntimeException[] {
          new TransactionAbortedException(),
          new TransactionAbortableException("abort it"),
          new InvalidProducerEpochException("fenced"),
          new InvalidTxnStateException("ended already"),
          new OutOfOrderSequenceException("a record is missing"),
          new UnknownProducerIdException("forgotten"),
          new NotEnoughReplicasException("a broker is down")
        }) {
      assertThat(policy.handle(new StreamsException("send", cause))).isEqualTo(REPLACE_THREAD);
    }
  }

  @Test
  void should_stop_this_instance_if_another_has_its_name() {
    assertThat(policy.handle(new StreamsException(new FencedInstanceIdException("web-1"))))
        .isEqualTo(SHUTDOWN_CLIENT);
  }

  @Test
  void should_stop_this_instance_after_a_permanent_failure() {
    assertThat(policy.handle(new StreamsException(new TopicAuthorizationException("ssh.alerts"))))
        .isEqualTo(SHUTDOWN_CLIENT);
    assertThat(policy.handle(new MissingSourceTopicException("ssh.auth-timing")))
        .isEqualTo(SHUTDOWN_CLIENT);
    assertThat(policy.handle(new IllegalStateException("defect"))).isEqualTo(SHUTDOWN_CLIENT);
  }

  @Test
  void should_stop_this_instance_when_transient_failures_continue() {
    // given
    for (int i = 0; i < FailurePolicy.REPLACEMENTS; i++) {
      assertThat(policy.handle(new TimeoutException("slow"))).isEqualTo(REPLACE_THREAD);
    }

    // when, then
    assertThat(policy.handle(new TimeoutException("slow"))).isEqualTo(SHUTDOWN_CLIENT);
  }

  @Test
  void should_forget_old_failures() {
    // given
    for (int i = 0; i < FailurePolicy.REPLACEMENTS; i++) {
      policy.handle(new TimeoutException("slow"));
    }

    // when
    now = now.plus(FailurePolicy.WINDOW).plusMillis(1);

    // then
    assertThat(policy.handle(new TimeoutException("slow"))).isEqualTo(REPLACE_THREAD);
  }
}
