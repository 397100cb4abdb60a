package io.halfsecond.collector.inventory.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.collector.event.ExitStatus;
import io.halfsecond.collector.event.KernelEvent;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ListenerExecutionsTest {
  private static final int LISTENER = 900;
  private static final int MONITOR = 1000;

  private final ListenerExecutions executions = new ListenerExecutions();

  @Test
  void should_know_the_last_exec_of_a_listener_and_of_no_other() {
    // given
    executions.see(new KernelEvent.ListenerFound(1, LISTENER, "sshd"));
    assertThat(executions.of(LISTENER)).isEmpty();

    // when
    executions.see(new KernelEvent.Executed(2, MONITOR, "sshd"));
    executions.see(new KernelEvent.Executed(3, LISTENER, "sshd"));
    executions.see(new KernelEvent.Executed(4, LISTENER, "sshd"));

    // then
    assertThat(executions.of(LISTENER)).hasValue(4);
    assertThat(executions.of(MONITOR)).isEmpty();
  }

  @Test
  void should_forget_a_listener_that_has_ended() {
    // given
    executions.see(new KernelEvent.ListenerFound(1, LISTENER, "sshd"));
    executions.see(new KernelEvent.Executed(2, LISTENER, "sshd"));

    // when
    executions.see(
        new KernelEvent.Exited(3, LISTENER, 1, new ExitStatus.Code(0), Optional.empty()));

    // then: another process of that pid
    assertThat(executions.of(LISTENER)).isEmpty();
    executions.see(new KernelEvent.Executed(4, LISTENER, "sh"));
    assertThat(executions.of(LISTENER)).isEmpty();
  }
}
