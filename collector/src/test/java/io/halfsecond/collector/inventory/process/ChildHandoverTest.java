package io.halfsecond.collector.inventory.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.collector.event.ExitStatus;
import io.halfsecond.collector.event.KernelEvent;
import io.halfsecond.collector.event.Usage;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ChildHandoverTest {
  private static final Optional<Usage> MONITORS = Optional.of(new Usage(8_000_000, 0, 750));
  private static final int LISTENER = 900;

  private final ChildHandover children = new ChildHandover();

  @Test
  void should_hand_on_the_first_fork_of_a_monitor_and_no_other() throws Exception {
    assertThat(handedOn(fork(LISTENER, 1000, Optional.empty()), fork(1000, 1001, MONITORS)))
        .contains(1000);
    // Its user child, and what that forks.
    assertThat(handedOn(fork(1000, 1002, MONITORS), fork(1002, 1003, Optional.empty()))).isEmpty();
    // Another process of the same number.
    assertThat(
            handedOn(
                new KernelEvent.Exited(3, 1000, LISTENER, new ExitStatus.Code(0), Optional.empty()),
                fork(LISTENER, 1000, Optional.empty()),
                fork(1000, 1004, MONITORS)))
        .contains(1000);
  }

  @Test
  void should_not_wait_when_nobody_looks() throws Exception {
    // when: nobody waits yet
    children.see(fork(1000, 1001, MONITORS));

    // then
    assertThat(children.monitor(Duration.ZERO)).isEmpty();
  }

  @Test
  void should_hand_on_a_preauth_child_when_its_loader_is_done() throws Exception {
    // One that executes sshd-auth, and one that executes nothing.
    assertThat(
            handed(
                children::preauthChild,
                fork(1000, 1001, MONITORS),
                new KernelEvent.Executed(2, 1001, "sshd-auth"),
                new KernelEvent.UserChanged(3, 1001, 104, 104, Optional.empty())))
        .contains(1001);
    assertThat(
            handed(
                children::preauthChild,
                fork(1000, 1001, MONITORS),
                new KernelEvent.UserChanged(3, 1001, 104, 104, Optional.empty())))
        .isEmpty();
  }

  @Test
  void should_not_take_another_process_of_that_pid_for_a_preauth_child() throws Exception {
    assertThat(
            handed(
                children::preauthChild,
                new KernelEvent.Executed(2, 1001, "sshd-auth"),
                new KernelEvent.Exited(3, 1001, 1000, new ExitStatus.Code(255), Optional.empty()),
                new KernelEvent.UserChanged(4, 1001, 1000, 1000, Optional.empty())))
        .isEmpty();
    // A session of a user that executes something else.
    assertThat(
            handed(
                children::preauthChild,
                new KernelEvent.Executed(2, 1001, "sshd-auth"),
                new KernelEvent.Executed(3, 1001, "sh"),
                new KernelEvent.UserChanged(4, 1001, 1000, 1000, Optional.empty())))
        .isEmpty();
  }

  @FunctionalInterface
  private interface Taking {
    Optional<Integer> take(Duration patience) throws InterruptedException;
  }

  private Optional<Integer> handedOn(KernelEvent... events) throws Exception {
    return handed(children::monitor, events);
  }

  private Optional<Integer> handed(Taking taking, KernelEvent... events)
      throws ExecutionException, InterruptedException, java.util.concurrent.TimeoutException {
    var waiting = new CompletableFuture<Thread>();
    var taken = new CompletableFuture<Optional<Integer>>();
    var thread =
        Thread.ofPlatform()
            .daemon()
            .start(
                () -> {
                  waiting.complete(Thread.currentThread());
                  try {
                    taken.complete(taking.take(Duration.ofSeconds(1)));
                  } catch (InterruptedException e) {
                    taken.completeExceptionally(e);
                  }
                });
    var _ = waiting.get(10, TimeUnit.SECONDS);
    while (thread.getState() == Thread.State.RUNNABLE || thread.getState() == Thread.State.NEW) {
      Thread.onSpinWait();
    }
    List.of(events).forEach(children::see);
    return taken.get(10, TimeUnit.SECONDS);
  }

  private static KernelEvent fork(int parent, int pid, Optional<Usage> usage) {
    return new KernelEvent.Forked(1, parent, pid, usage);
  }
}
