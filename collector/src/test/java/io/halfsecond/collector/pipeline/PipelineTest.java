package io.halfsecond.collector.pipeline;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.halfsecond.collector.assembly.AssemblerSettings;
import io.halfsecond.collector.assembly.Result;
import io.halfsecond.collector.event.ExitStatus;
import io.halfsecond.collector.event.KernelEvent;
import io.halfsecond.collector.event.LogEvent;
import io.halfsecond.collector.event.SshEvent;
import io.halfsecond.collector.event.SshdMessage;
import io.halfsecond.collector.source.SourceMeter;
import io.halfsecond.schemas.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
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

  @Test
  void should_list_pids_when_losses_follow_each_other_without_a_pause() throws Exception {
    // given: two losses a second
    var queue = new EventQueue();
    var source = queue.from(new SourceMeter());
    source.offer(new KernelEvent.ListenerFound(0, 900, "sshd"));
    for (long at = SECOND; at <= 10 * SECOND; at += SECOND / 2) {
      source.offer(new KernelEvent.Lost(at, at - 1, 1));
    }
    var clock = new AtomicLong(SECOND / 2);
    var listings = new AtomicInteger();
    var pipeline =
        new Pipeline(
            AssemblerSettings.defaults(AssemblerSettings.Inputs.KERNEL_ONLY, Set.of(100)),
            queue,
            () -> clock.addAndGet(SECOND / 2),
            () -> {
              listings.incrementAndGet();
              return Optional.of(Set.of(900));
            },
            _ -> {});

    // when
    pipeline.start();
    pipeline.close();

    // then
    assertThat(listings.get()).isBetween(3, 10);
  }

  private final SourceMeter kernel = new SourceMeter();
  private final SourceMeter log = new SourceMeter();
  private final EventQueue queue = new EventQueue();
  private final AtomicLong clock = new AtomicLong();
  private final List<Result> results = new CopyOnWriteArrayList<>();

  private Pipeline pipeline() {
    return new Pipeline(
        AssemblerSettings.defaults(AssemblerSettings.Inputs.KERNEL_AND_LOG, Set.of(100)),
        queue,
        clock::get,
        () -> Optional.of(Set.of(900)),
        results::add);
  }

  private static LogEvent accepted(long atNanos) {
    return new LogEvent(
        atNanos,
        1000,
        new SshdMessage.Authentication(
            SshdMessage.AuthResult.ACCEPTED, "publickey", "alice", false, "192.0.2.7", 4711));
  }

  @Test
  void should_keep_a_line_when_the_kernel_source_is_behind() throws Exception {
    // given: 7 s after a login that took 1 s, its line has been read but not its fork
    var pipeline = pipeline();
    var events = queue.from(kernel);
    var lines = queue.from(log);
    log.read();
    events.offer(new KernelEvent.ListenerFound(0, 900, "sshd"));
    events.offeredUntil(0);
    lines.offer(accepted(SECOND));
    lines.offeredUntil(7 * SECOND);
    clock.set(8 * SECOND);

    // when
    pipeline.start();
    await().until(() -> queue.size() == 0);
    await().during(200, MILLISECONDS).until(() -> log.inFlight() == 1);
    events.offer(new KernelEvent.Forked(1, 900, 1000, Optional.empty()));
    events.offer(
        new KernelEvent.Exited(2 * SECOND, 1000, 900, new ExitStatus.Code(255), Optional.empty()));
    events.offeredUntil(8 * SECOND);
    await().until(() -> results.size() == 2);
    pipeline.close();

    // then
    assertThat(log.assembledCount()).isOne();
    assertThat(results)
        .first()
        .isInstanceOfSatisfying(
            Result.AuthenticationDecided.class,
            decided -> {
              assertThat(decided.login().method()).isEqualTo(Method.PUBLICKEY);
              assertThat(decided.complete()).isTrue();
            });
  }

  @Test
  void should_wait_for_the_line_when_the_log_source_is_behind() throws Exception {
    // given: 30 s after a login its line has not been read
    var pipeline = pipeline();
    var events = queue.from(kernel);
    var lines = queue.from(log);
    clock.set(30 * SECOND);
    lines.offeredUntil(SECOND);
    events.offer(new KernelEvent.ListenerFound(0, 900, "sshd"));
    events.offer(new KernelEvent.Forked(SECOND, 900, 1000, Optional.empty()));
    events.offer(
        new KernelEvent.Exited(2 * SECOND, 1000, 900, new ExitStatus.Code(255), Optional.empty()));
    events.offeredUntil(30 * SECOND);

    // when
    pipeline.start();
    await().until(() -> queue.size() == 0);
    await().during(200, MILLISECONDS).until(results::isEmpty);
    lines.offer(accepted(SECOND));
    lines.offeredUntil(30 * SECOND);
    await().until(() -> results.size() == 2);
    pipeline.close();

    // then
    assertThat(results)
        .first()
        .isInstanceOfSatisfying(
            Result.AuthenticationDecided.class,
            decided -> assertThat(decided.login().method()).isEqualTo(Method.PUBLICKEY));
  }

  @Test
  void should_wait_no_longer_when_a_source_does_not_go_on() throws Exception {
    // given
    var pipeline = pipeline();
    var events = queue.from(kernel);
    queue.from(log).offeredUntil(Long.MIN_VALUE);
    events.offer(new KernelEvent.ListenerFound(0, 900, "sshd"));
    events.offer(new KernelEvent.Forked(SECOND, 900, 1000, Optional.empty()));
    events.offer(
        new KernelEvent.Exited(2 * SECOND, 1000, 900, new ExitStatus.Code(255), Optional.empty()));
    events.offeredUntil(30 * SECOND);
    clock.set(30 * SECOND);
    pipeline.start();
    await().during(200, MILLISECONDS).until(results::isEmpty);

    // when
    events.offeredUntil(34 * SECOND);

    // then
    await().until(() -> results.size() == 2);
    pipeline.close();
  }

  @Test
  void should_give_an_incomplete_record_when_there_was_no_room_for_a_line() throws Exception {
    // given: the queue is full when the line comes
    var pipeline = pipeline();
    var events = queue.from(kernel);
    var lines = queue.from(log);
    events.offer(new KernelEvent.ListenerFound(0, 900, "sshd"));
    events.offer(new KernelEvent.Forked(SECOND, 900, 1000, Optional.empty()));
    while (events.offer(new KernelEvent.SessionLed(SECOND, 4711))) {}
    assertThat(lines.offer(accepted(SECOND))).isFalse();
    clock.set(SECOND);
    pipeline.start();
    await().until(() -> queue.size() == 0);

    // when
    lines.offeredUntil(SECOND);
    events.offer(
        new KernelEvent.Exited(2 * SECOND, 1000, 900, new ExitStatus.Code(255), Optional.empty()));
    clock.set(4 * SECOND);
    pipeline.close();

    // then
    assertThat(results)
        .first()
        .isInstanceOfSatisfying(
            Result.AuthenticationDecided.class,
            decided -> assertThat(decided.complete()).isFalse());
  }
}
