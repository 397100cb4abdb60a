package io.halfsecond.streams;

import static org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse.REPLACE_THREAD;
import static org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import org.apache.kafka.streams.errors.StreamsException;
import org.junit.jupiter.api.Test;

class FailurePolicyTest {
  private Instant now = Given.START;
  private final FailurePolicy policy = new FailurePolicy(() -> now);

  @Test
  void should_replace_the_thread_when_the_failure_may_pass() {
    assertThat(policy.handle(new StreamsException("send", new TimeoutException("slow"))))
        .isEqualTo(REPLACE_THREAD);
  }

  @Test
  void should_stop_this_instance_when_a_person_must_act() {
    assertThat(policy.handle(new StreamsException(new TopicAuthorizationException("ssh.alerts"))))
        .isEqualTo(SHUTDOWN_CLIENT);
    assertThat(policy.handle(new MissingSourceTopicException("ssh.auth-timing")))
        .isEqualTo(SHUTDOWN_CLIENT);
    assertThat(policy.handle(new IllegalStateException("defect"))).isEqualTo(SHUTDOWN_CLIENT);
  }

  @Test
  void should_stop_this_instance_when_what_may_pass_does_not() {
    // given
    for (int i = 0; i < FailurePolicy.REPLACEMENTS; i++) {
      assertThat(policy.handle(new TimeoutException("slow"))).isEqualTo(REPLACE_THREAD);
    }

    // when, then
    assertThat(policy.handle(new TimeoutException("slow"))).isEqualTo(SHUTDOWN_CLIENT);
  }

  @Test
  void should_forget_failures_of_long_ago() {
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
