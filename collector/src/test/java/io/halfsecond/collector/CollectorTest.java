package io.halfsecond.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.halfsecond.collector.CollectorSettings.HostIdentity;
import io.halfsecond.collector.CollectorSettings.SshdSettings;
import io.halfsecond.collector.emit.EmitterSettings;
import io.halfsecond.collector.emit.ExposureSettings;
import io.halfsecond.collector.emit.PseudonymSettings;
import io.halfsecond.collector.event.ExitStatus;
import io.halfsecond.collector.event.KernelEvent;
import io.halfsecond.collector.event.SshEvent;
import io.halfsecond.collector.event.Usage;
import io.halfsecond.collector.registry.RegisteredSource;
import io.halfsecond.collector.registry.RegisteredSource.Delivers;
import io.halfsecond.collector.registry.SourceRegistry;
import io.halfsecond.collector.registry.SourceSettings;
import io.halfsecond.collector.sink.ListSink;
import io.halfsecond.collector.source.Source;
import io.halfsecond.collector.source.SourceMeter;
import io.halfsecond.collector.source.SourceMeter.Reason;
import io.halfsecond.collector.source.SourceUnavailableException;
import io.halfsecond.schemas.AuthTiming;
import io.halfsecond.schemas.Bounds;
import io.halfsecond.schemas.CollectorStatus;
import io.halfsecond.schemas.Outcome;
import io.halfsecond.schemas.SessionCpu;
import io.halfsecond.schemas.SourceState;
import io.halfsecond.schemas.Topics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CollectorTest {
  private static final Topics TOPICS = Topics.defaults();
  private static final long MILLI = 1_000_000;

  /// Gives all its events at the start.
  private record Script(List<SshEvent> events, SourceMeter meter) implements Source {
    @Override
    public void start(EventSink sink) {
      meter.become(SourceMeter.Condition.RUNNING, "a script");
      for (var event : events) {
        meter.read();
        if (!sink.offer(event)) {
          meter.dropped(Reason.QUEUE_FULL);
        }
      }
    }

    @Override
    public void close() {}
  }

  @Test
  void should_send_two_records_of_a_connection_and_a_balanced_status(@TempDir Path state)
      throws Exception {
    // given
    var script =
        new Script(
            List.of(
                new KernelEvent.ListenerFound(0, 900, "sshd"),
                new KernelEvent.Forked(0, 900, 1000, Optional.empty()),
                new KernelEvent.Executed(MILLI / 2, 1000, "sshd"),
                new KernelEvent.Forked(
                    9 * MILLI, 1000, 1001, Optional.of(new Usage(8 * MILLI, 0, 750))),
                new KernelEvent.UserChanged(
                    10 * MILLI, 1001, 100, 100, Optional.of(new Usage(MILLI / 2, 0, 40))),
                new KernelEvent.Accounted(75 * MILLI, 1001, new Usage(9 * MILLI, 0, 300)),
                new KernelEvent.Exited(
                    75 * MILLI,
                    1001,
                    1000,
                    new ExitStatus.Code(255),
                    Optional.of(new Usage(9 * MILLI, 0, 760))),
                new KernelEvent.Accounted(76 * MILLI, 1000, new Usage(9 * MILLI, 0, 760)),
                new KernelEvent.Exited(
                    76 * MILLI, 1000, 900, new ExitStatus.Code(255), Optional.empty()),
                new KernelEvent.Exited(
                    77 * MILLI, 4242, 1, new ExitStatus.Code(0), Optional.empty())),
            new SourceMeter());
    var sink = new ListSink();
    var registry = new SimpleMeterRegistry();
    var collector =
        new Collector(
            settings(state, Duration.ofSeconds(10)), registry, sources(script), host(state), sink);

    // when
    collector.start();
    collector.close();

    // then
    assertThat(sink.read(TOPICS.authTiming()))
        .singleElement()
        .satisfies(
            auth -> {
              assertThat(auth.getOutcome()).isEqualTo(Outcome.FAILED);
              assertThat(auth.getStartupNanos()).contains(10 * MILLI);
              assertThat(auth.getStartupCpuNanos()).contains(8 * MILLI + MILLI / 2);
              assertThat(auth.getPreauthCpuNanos()).contains(9 * MILLI + MILLI / 2);
              assertThat(auth.getConnectedAt()).isEqualTo(Instant.parse("2024-03-29T00:00:00Z"));
            })
        .extracting(AuthTiming::getId)
        .isEqualTo(
            sink.read(TOPICS.sessionCpu()).stream()
                .map(SessionCpu::getId)
                .findFirst()
                .orElseThrow());
    var beats = sink.read(TOPICS.collectorStatus());
    assertThat(beats)
        .filteredOn(CollectorStatus::getGoodbye)
        .as("the last one alone is a goodbye")
        .containsExactly(beats.getLast());
    var last = beats.getLast();
    assertThat(last.getHeartbeatMillis()).isEqualTo(10_000);
    assertThat(last.getConnectionsOpened()).isOne();
    assertThat(last.getConnectionsOpen()).isZero();
    assertThat(last.getSources())
        .anySatisfy(
            source -> {
              assertThat(source.getName()).isEqualTo("kernel");
              assertThat(source.getRead()).isEqualTo(10);
              assertThat(source.getAssembled()).isEqualTo(9);
              assertThat(source.getDropped()).containsOnly(java.util.Map.entry("irrelevant", 1L));
              assertThat(source.getInFlight()).isZero();
            })
        .anySatisfy(
            source -> {
              assertThat(source.getState()).isEqualTo(SourceState.UNAVAILABLE);
              assertThat(source.getDetail()).isEqualTo("no journal");
            });
    assertThat(
            registry
                .get("halfsecond.collector.events.read")
                .tags("source", "kernel", "host", "web-17")
                .functionCounter()
                .count())
        .isEqualTo(10);
    assertThat(registry.get("halfsecond.collector.connections.closed").functionCounter().count())
        .isOne();
    assertThat(registry.get("halfsecond.collector.source.up").tag("source", "log").gauge().value())
        .isZero();
    assertThat(
            registry
                .get("halfsecond.collector.records.in.flight")
                .tag("topic", "ssh.auth-timing")
                .gauge()
                .value())
        .isZero();
  }

  @Test
  void should_go_on_with_what_the_run_before_had_open_and_count_what_is_gone(@TempDir Path state)
      throws Exception {
    // given
    var file = state.resolve("open-connections");
    Files.writeString(
        file,
        """
        1 log
        1000 5000001 session 6000001 ACCEPTED PUBLICKEY VALID KERNEL_AND_LOG
        1001 5000001 session
        1002 5000001 authentication
        """);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    var script =
        new Script(
            List.of(
                new KernelEvent.ListenerFound(900 * MILLI, 900, "sshd"),
                new KernelEvent.ConnectionFound(
                    900 * MILLI,
                    new KernelEvent.FoundProcess(900, 1000, 0, "sshd", 0, false, true),
                    List.of())),
            new SourceMeter());
    var registry = new SimpleMeterRegistry();
    var sink = new ListSink();
    var collector =
        new Collector(
            settings(state, Duration.ofSeconds(10)), registry, sources(script), host(state), sink);

    // when
    collector.start();
    collector.close();
    // The registry holds what it asks by weak references.
    System.gc();

    // then
    for (var stage : List.of("session", "authentication")) {
      assertThat(
              registry
                  .get("halfsecond.collector.connections.unfollowed")
                  .tag("stage", stage)
                  .functionCounter()
                  .count())
          .as(stage)
          .isOne();
    }
    assertThat(sink.read(TOPICS.sessionCpu())).as("it has not ended").isEmpty();
    assertThat(Files.readString(file))
        .isEqualTo(
            """
            1 log
            1000 5000001 session 6000001 ACCEPTED PUBLICKEY VALID KERNEL_AND_LOG
            """);
  }

  @Test
  void should_say_what_each_source_lacks_when_none_can_run(@TempDir Path state) throws Exception {
    // given
    var collector =
        new Collector(
            settings(state, Duration.ofSeconds(10)),
            new SimpleMeterRegistry(),
            new SourceRegistry(
                List.of(
                    unavailable("kernel", Delivers.KERNEL_EVENTS, "CAP_NET_ADMIN is missing"),
                    unavailable("log", Delivers.LOG_LINES, "no journal"))),
            host(state),
            new ListSink());

    // then
    assertThatThrownBy(collector::start)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("kernel: CAP_NET_ADMIN is missing")
        .hasMessageContaining("log: no journal");
    assertThat(collector.waiting()).isNotEmpty();
  }

  @Test
  void should_be_unhealthy_when_a_running_source_has_died(@TempDir Path state) throws Exception {
    // given
    var script = new Script(List.of(), new SourceMeter());
    try (var collector =
        new Collector(
            settings(state, Duration.ofSeconds(10)),
            new SimpleMeterRegistry(),
            sources(script),
            host(state),
            new ListSink())) {
      assertThat(collector.healthy()).isTrue();
      collector.start();
      assertThat(collector.healthy()).isTrue();

      // when
      script.meter().become(SourceMeter.Condition.UNAVAILABLE, "the socket broke");

      // then
      assertThat(collector.healthy()).isFalse();
    }
  }

  @Test
  void should_be_unhealthy_when_the_assembler_has_died(@TempDir Path state) throws Exception {
    // given
    var usual = host(state);
    var broken =
        new Collector.HostAccess(
            usual.wall(),
            () -> {
              if (Thread.currentThread().getName().equals("halfsecond-assembler")) {
                throw new IllegalStateException("the clock broke");
              }
              return 1000 * MILLI;
            },
            usual.proc(),
            usual.passwd());
    try (var collector =
        new Collector(
            settings(state, Duration.ofSeconds(10)),
            new SimpleMeterRegistry(),
            sources(new Script(List.of(), new SourceMeter())),
            broken,
            new ListSink())) {
      // when
      collector.start();

      // then
      await().until(() -> !collector.healthy());
    }
  }

  @Test
  void should_not_say_goodbye_when_a_part_has_died(@TempDir Path state) throws Exception {
    // given
    var sink = new ListSink();
    var dead = new SourceMeter();
    var collector =
        new Collector(
            settings(state, Duration.ofDays(3)),
            new SimpleMeterRegistry(),
            sources(new Script(List.of(), dead)),
            host(state),
            sink);
    collector.start();

    // when
    dead.become(SourceMeter.Condition.UNAVAILABLE, "the kernel broke");
    collector.close();

    // then
    assertThat(sink.read(TOPICS.collectorStatus()))
        .isNotEmpty()
        .allSatisfy(
            beat -> {
              assertThat(beat.getGoodbye()).isFalse();
              assertThat(beat.getHeartbeatMillis())
                  .as("within the bound")
                  .isEqualTo(Bounds.HEARTBEAT.toMillis());
            });
  }

  @Test
  void should_go_on_sending_heartbeats_when_one_has_failed(@TempDir Path state) throws Exception {
    // given
    var usual = host(state);
    var fail = new AtomicBoolean();
    var failsOnce =
        new Collector.HostAccess(
            () -> {
              if (fail.getAndSet(false)) {
                throw new IllegalStateException("the clock broke");
              }
              return usual.wall().instant();
            },
            usual.monotonicNanos(),
            usual.proc(),
            usual.passwd());
    var sink = new ListSink();
    try (var collector =
        new Collector(
            settings(state, Duration.ofMillis(1)),
            new SimpleMeterRegistry(),
            sources(new Script(List.of(), new SourceMeter())),
            failsOnce,
            sink)) {
      // when
      fail.set(true);
      collector.start();

      // then
      await().until(() -> sink.records().size() > 1);
      assertThat(fail).isFalse();
    }
  }

  private static CollectorSettings settings(Path state, Duration heartbeat) {
    return new CollectorSettings(
        new HostIdentity("web-17", ""),
        SshdSettings.defaults(),
        SourceSettings.defaults(),
        Optional.empty(),
        Optional.empty(),
        PseudonymSettings.defaults(),
        ExposureSettings.defaults(),
        EmitterSettings.defaults(),
        _ -> new ListSink(),
        state,
        heartbeat);
  }

  private static SourceRegistry sources(Script kernel) {
    return new SourceRegistry(
        List.of(
            RegisteredSource.open("kernel", Delivers.KERNEL_EVENTS, () -> kernel),
            unavailable("log", Delivers.LOG_LINES, "no journal")));
  }

  private static RegisteredSource unavailable(String name, Delivers delivers, String why) {
    return RegisteredSource.open(
        name,
        delivers,
        () -> {
          throw new SourceUnavailableException(why);
        });
  }

  private static Collector.HostAccess host(Path state) throws Exception {
    var passwd =
        Files.writeString(
            state.resolve("passwd"), "root:x:0:0::/:\nsshd:x:100:65534::/run/sshd:\n");
    var wall = Instant.parse("2024-03-29T00:00:01Z");
    return new Collector.HostAccess(InstantSource.fixed(wall), () -> 1000 * MILLI, state, passwd);
  }
}
