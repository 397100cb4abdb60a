package io.halfsecond.collector.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.collector.assembly.AssemblerSettings;
import io.halfsecond.collector.event.KernelEvent;
import io.halfsecond.collector.event.SshEvent;
import io.halfsecond.collector.source.SourceMeter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PipelineTest {
  private static final long SECOND = 1_000_000_000;

  @Test
  void should_list_pids_when_the_queue_is_never_empty_after_a_loss() throws Exception {
    // given: the loss is assembled at 3 s, and what follows at 4, 5 and 6 s
    var queue = new EventQueue();
    var source = queue.from(new SourceMeter());
    List.<SshEvent>of(
            new KernelEvent.ListenerFound(0, 900, "sshd"),
            new KernelEvent.Forked(1, 900, 1000, Optional.empty()),
            new KernelEvent.Lost(3, 2, 1),
            new KernelEvent.Forked(4 * SECOND, 900, 1001, Optional.empty()),
            new KernelEvent.Forked(4 * SECOND + 1, 900, 1002, Optional.empty()),
            new KernelEvent.Forked(6 * SECOND, 900, 1003, Optional.empty()))
        .forEach(source::offer);
    var clock = new AtomicLong();
    var queuedAtListing = new ArrayList<Integer>();
    var pipeline =
        new Pipeline(
            AssemblerSettings.defaults(AssemblerSettings.Inputs.KERNEL_ONLY, Set.of(100)),
            queue,
            () -> clock.addAndGet(SECOND),
            () -> {
              queuedAtListing.add(queue.size());
              return Optional.of(Set.of(900));
            },
            _ -> {});

    // when
    pipeline.start();
    pipeline.close();

    // then
    assertThat(queuedAtListing)
        .as("after the first event that is newer than a second after the loss")
        .containsExactly(1);
  }
}
