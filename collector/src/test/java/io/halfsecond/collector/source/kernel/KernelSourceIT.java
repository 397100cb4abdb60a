package io.halfsecond.collector.source.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.halfsecond.collector.event.ExitStatus;
import io.halfsecond.collector.event.KernelEvent;
import io.halfsecond.collector.event.SshEvent;
import io.halfsecond.collector.linux.Proc;
import io.halfsecond.collector.source.Source;
import io.halfsecond.collector.source.SourceMeter;
import io.halfsecond.collector.source.SourceMeter.Condition;
import io.halfsecond.collector.source.SourceMeter.Reason;
import io.halfsecond.collector.source.SourceUnavailableException;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The real kernel, a real sshd on loopback. Needs Linux, root, the host's namespaces, and OpenSSH.
@Timeout(120)
class KernelSourceIT {
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir Path directory;
  private final BlockingQueue<SshEvent> events = new LinkedBlockingQueue<>();

  @BeforeEach
  void needRoot() {
    boolean root =
        "Linux".equals(System.getProperty("os.name"))
            && "root".equals(System.getProperty("user.name"))
            && Files.isExecutable(Path.of("/usr/sbin/sshd"));
    if ("true".equals(System.getenv("CI")) && !root) {
      fail("needs Linux, root and OpenSSH");
    }
    assumeTrue(root, "needs Linux, root and OpenSSH");
  }

  private record LoginForks(KernelEvent.Forked monitor, KernelEvent.Forked preauth) {}

  /// On a busy host the sample of a monitor may come too late, and is left out.
  private LoginForks logIn(Sshd sshd) throws Exception {
    for (int tries = 0; ; tries++) {
      sshd.tryToLogIn();
      var monitor = next(KernelEvent.Forked.class, fork -> fork.parentPid() == sshd.pid());
      assertThat(monitor.parentUsage()).as("of a listener").isEmpty();
      next(
          KernelEvent.Executed.class,
          exec -> exec.pid() == monitor.pid() && exec.executable().startsWith("sshd"));
      var preauth = next(KernelEvent.Forked.class, fork -> fork.parentPid() == monitor.pid());
      if (preauth.parentUsage().isPresent() || tries == 10) {
        return new LoginForks(monitor, preauth);
      }
    }
  }

  @Test
  void should_show_the_whole_life_of_a_connection_when_an_unknown_user_tries() throws Exception {
    try (var source = new KernelSource(KernelSettings.defaults(), System::nanoTime)) {
      source.start(events::offer);
      assertThat(source.meter().state().condition()).isEqualTo(Condition.RUNNING);
      assertThat(source.meter().state().detail()).contains("taskstats version");
      try (var sshd = Sshd.start(directory, "-D", "-e")) {
        var listener = next(KernelEvent.ListenerFound.class, found -> found.pid() == sshd.pid());
        assertThat(listener.executable()).isEqualTo("sshd");

        var connection = logIn(sshd);
        var monitor = connection.monitor();
        var preauth = connection.preauth();
        assertThat(preauth.parentUsage().orElseThrow().cpuNanos()).isPositive();
        assertThat(preauth.parentUsage().orElseThrow().minorFaults()).isPositive();
        assertThat(preauth.atNanos()).isGreaterThan(monitor.atNanos());
        next(
            KernelEvent.UserChanged.class,
            change -> change.pid() == preauth.pid() && change.realUid() > 0);
        // The two exits come in either order, and each account before or after its exit.
        var ends = endsOf(preauth.pid(), monitor.pid());
        assertThat(
                ends.stream()
                    .filter(KernelEvent.Exited.class::isInstance)
                    .map(KernelEvent.Exited.class::cast))
            .extracting(KernelEvent.Exited::status)
            .containsOnly(new ExitStatus.Code(255));
        assertThat(
                ends.stream()
                    .filter(KernelEvent.Accounted.class::isInstance)
                    .map(KernelEvent.Accounted.class::cast))
            .allSatisfy(
                account -> {
                  assertThat(account.usage().cpuNanos()).isPositive();
                  assertThat(account.usage().minorFaults()).isPositive();
                });
      }
      assertThat(
              next(
                  KernelEvent.Exited.class,
                  exit -> exit.parentPid() == ProcessHandle.current().pid()))
          .as("the listener's own end")
          .isNotNull();
    }
  }

  @Test
  void should_find_the_listener_when_it_was_there_before_or_goes_into_the_background()
      throws Exception {
    try (var before = Sshd.start(Files.createDirectory(directory.resolve("before")), "-D", "-e");
        var source = new KernelSource(KernelSettings.defaults(), System::nanoTime)) {
      source.start(events::offer);
      next(KernelEvent.ListenerFound.class, found -> found.pid() == before.pid());

      try (var daemon = Sshd.start(Files.createDirectory(directory.resolve("daemon")))) {
        next(KernelEvent.ListenerFound.class, found -> found.pid() == daemon.pid());
        daemon.tryToLogIn();
        next(KernelEvent.Forked.class, fork -> fork.parentPid() == daemon.pid());
      }
    }
  }

  @Test
  void should_find_the_connections_when_they_are_older_than_the_source() throws Exception {
    try (var sshd = Sshd.start(directory, "-D", "-e");
        var client = new Socket(InetAddress.getLoopbackAddress(), sshd.port());
        var source = new KernelSource(KernelSettings.defaults(), System::nanoTime)) {
      // sshd has identified itself: the monitor is there.
      assertThat(client.getInputStream().read()).isEqualTo('S');
      source.start(events::offer);

      var found =
          next(
              KernelEvent.ConnectionFound.class,
              connection -> connection.monitor().parentPid() == sshd.pid());
      assertThat(found.monitor().executable()).startsWith("sshd");
      client.shutdownOutput();
      next(KernelEvent.Exited.class, exit -> exit.pid() == found.monitor().pid());
    }
  }

  @Test
  void should_say_how_far_it_has_read_when_nothing_happens() throws Exception {
    var read = new AtomicLong();
    try (var source = new KernelSource(KernelSettings.defaults(), System::nanoTime)) {
      long before = System.nanoTime();
      source.start(
          new Source.EventSink() {
            @Override
            public boolean offer(SshEvent event) {
              return true;
            }

            @Override
            public void offeredUntil(long nanos) {
              read.set(nanos);
            }
          });

      assertThat(read).hasValueLessThanOrEqualTo(System.nanoTime()).doesNotHaveValue(0);
      await().atMost(SOON).until(() -> read.get() > before);
      long then = read.get();
      await().atMost(SOON).until(() -> read.get() > then);
    }
  }

  @Test
  void should_sleep_through_the_events_of_other_programs_and_read_them_all() throws Exception {
    var readUntil = new AtomicLong();
    try (var sshd = Sshd.start(directory, "-D", "-e");
        var source = new KernelSource(KernelSettings.defaults(), System::nanoTime)) {
      source.start(
          new Source.EventSink() {
            @Override
            public boolean offer(SshEvent event) {
              return events.add(event);
            }

            @Override
            public void offeredUntil(long nanos) {
              readUntil.set(nanos);
            }
          });
      next(KernelEvent.ListenerFound.class, found -> found.pid() == sshd.pid());
      Thread.sleep(1_000);
      long wakeUps = wakeUpsOfReader();
      long read = source.meter().readCount();

      // Far more in a second than are read at a time, five times a second.
      new ProcessBuilder("sh", "-c", "i=0; while [ $i -lt 4000 ]; do /bin/true; i=$((i+1)); done")
          .start()
          .waitFor();
      long ended = System.nanoTime();

      // A fork, an exec, an exit and an account of each.
      await().atMost(SOON).until(() -> source.meter().readCount() - read >= 16_000);
      await().atMost(SOON).until(() -> readUntil.get() >= ended);
      assertThat(wakeUpsOfReader() - wakeUps).isLessThan((source.meter().readCount() - read) / 4);
      assertThat(source.meter().lostCount()).isZero();
    }
  }

  @Test
  void should_wake_in_time_for_a_sample_of_a_monitor_when_sshd_was_idle() throws Exception {
    try (var sshd = Sshd.start(directory, "-D", "-e");
        var source = new KernelSource(KernelSettings.defaults(), System::nanoTime)) {
      source.start(events::add);
      for (int tries = 0; tries < 10; tries++) {
        Thread.sleep(1_000);
        sshd.tryToLogIn();
        var monitor = next(KernelEvent.Forked.class, fork -> fork.parentPid() == sshd.pid());
        var preauth = next(KernelEvent.Forked.class, fork -> fork.parentPid() == monitor.pid());
        next(KernelEvent.Exited.class, exit -> exit.pid() == monitor.pid());
        if (preauth.parentUsage().isPresent()) {
          return;
        }
      }
      fail("ten samples came too late");
    }
  }

  /// How often the source's thread has gone to sleep.
  private static long wakeUpsOfReader() throws IOException {
    try (var tasks = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
      for (var task : tasks) {
        try {
          var status = Files.readString(task.resolve("status"));
          if (status.startsWith("Name:\thalfsecond-kern")) {
            return status
                .lines()
                .filter(line -> line.startsWith("voluntary_ctxt_switches:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .sum();
          }
        } catch (NoSuchFileException _) {
          // The thread has ended.
        }
      }
    }
    throw new IllegalStateException("the source has no thread");
  }

  @Test
  void should_account_for_every_message_when_it_is_closed() throws Exception {
    var source = new KernelSource(KernelSettings.defaults(), System::nanoTime);
    source.start(
        event -> {
          events.add(event);
          return true;
        });
    for (int i = 0; i < 20; i++) {
      new ProcessBuilder("true").start().waitFor();
    }
    await().atMost(SOON).until(() -> source.meter().readCount() >= 100);
    source.close();

    var meter = source.meter();
    assertThat(meter.state().condition()).isEqualTo(Condition.STOPPED);
    assertThat(meter.droppedCount(Reason.MALFORMED)).isZero();
    assertThat(meter.inFlight()).isEqualTo(events.size());
    source.close();
  }

  @Test
  void should_say_what_was_dropped_when_the_sink_is_full() throws Exception {
    try (var source = new KernelSource(KernelSettings.defaults(), System::nanoTime)) {
      source.start(_ -> false);
      try (var sshd = Sshd.start(directory, "-D", "-e")) {
        await().atMost(SOON).until(() -> source.meter().droppedCount(Reason.QUEUE_FULL) > 0);
        assertThat(sshd.pid()).isPositive();
      }
      await().atMost(SOON).until(() -> source.meter().inFlight() == 0);
    }
  }

  @Test
  void should_tell_of_the_gap_and_of_the_listener_again_when_the_sink_had_been_full()
      throws Exception {
    var full = new AtomicBoolean(true);
    try (var source = new KernelSource(KernelSettings.defaults(), System::nanoTime)) {
      source.start(event -> !full.get() && events.add(event));
      try (var sshd = Sshd.start(directory, "-D", "-e")) {
        await().atMost(SOON).until(() -> source.meter().droppedCount(Reason.QUEUE_FULL) > 0);
        full.set(false);

        sshd.tryToLogIn();

        assertThat(events.take())
            .isInstanceOfSatisfying(
                KernelEvent.Lost.class,
                lost -> assertThat(lost.sinceNanos()).isLessThan(lost.atNanos()));
        next(KernelEvent.ListenerFound.class, found -> found.pid() == sshd.pid());
      }
    }
  }

  @Test
  void should_count_exactly_what_the_kernel_dropped_when_the_reader_stalls() throws Exception {
    var settings = new KernelSettings(Proc.ROOT, 32 << 10, Set.of("sshd"), "");
    // Of an sshd that was there before the source tells while it starts, which waits for that.
    var started = new AtomicBoolean();
    var stalled = new CountDownLatch(1);
    var release = new CountDownLatch(1);
    Source.EventSink sink =
        event -> {
          events.add(event);
          if (event instanceof KernelEvent.ListenerFound
              && started.get()
              && stalled.getCount() > 0) {
            stalled.countDown();
            awaitUninterrupted(release);
          }
          return true;
        };
    try (var source = new KernelSource(settings, System::nanoTime)) {
      source.start(sink);
      started.set(true);
      try (var sshd = Sshd.start(directory, "-D", "-e")) {
        assertThat(stalled.await(20, TimeUnit.SECONDS)).isTrue();
        forkOnEveryCpu(200);
        release.countDown();

        // A CPU tells of its gap with its next message.
        await()
            .atMost(SOON)
            .pollInterval(Duration.ofMillis(100))
            .untilAsserted(
                () -> {
                  forkOnEveryCpu(1);
                  long drops = netlinkDrops();
                  assertThat(drops).isPositive();
                  assertThat(source.meter().lostCount()).isEqualTo(drops);
                });
        long announced =
            events.stream()
                .filter(KernelEvent.Lost.class::isInstance)
                .mapToLong(event -> ((KernelEvent.Lost) event).count())
                .sum();
        assertThat(announced).isPositive().isLessThanOrEqualTo(source.meter().lostCount());

        // After the loss the tree is right again: a connection is seen.
        sshd.tryToLogIn();
        next(KernelEvent.Forked.class, fork -> fork.parentPid() == sshd.pid());
      }
    }
  }

  @Test
  void should_run_degraded_and_name_the_capability_when_it_is_missing() throws Exception {
    var output = probe("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups");

    // Before Linux 6.6 not even process events are to be had.
    assertThat(output).matches("(?s)(DEGRADED|UNAVAILABLE) .*CAP_NET_ADMIN.*");
  }

  @Test
  void should_need_nothing_else_when_it_has_the_capability() throws Exception {
    assertThat(
            probe(
                "setpriv",
                "--reuid",
                "65534",
                "--regid",
                "65534",
                "--clear-groups",
                "--inh-caps",
                "-all,+net_admin",
                "--ambient-caps",
                "-all,+net_admin"))
        .startsWith("RUNNING ");
  }

  @Test
  void should_say_so_when_the_network_namespace_is_another() throws Exception {
    assertThat(probe("unshare", "--net")).startsWith("UNAVAILABLE ").contains("network namespace");
  }

  @Test
  void should_say_so_when_the_pid_namespace_is_another() throws Exception {
    assertThat(probe("unshare", "--pid", "--fork", "--mount-proc"))
        .startsWith("UNAVAILABLE ")
        .contains("pid namespace");
  }

  @Test
  void should_say_so_when_the_user_namespace_is_another() throws Exception {
    assertThat(probe("unshare", "--user", "--map-root-user"))
        .startsWith("UNAVAILABLE ")
        .contains("user namespace");
  }

  /// Starts a source in another process under a command that changes its identity or namespaces.
  ///
  /// @return its condition and detail
  private String probe(String... under) throws IOException, InterruptedException {
    // Another user can read neither the build directory nor, perhaps, its parents.
    var classes = directory.resolve("classes");
    var entries = new ArrayList<String>();
    for (var entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      var from = Path.of(entry);
      var to =
          classes.resolve(
              Integer.toString(entries.size())
                  + (Files.isDirectory(from) ? "" : "-" + from.getFileName()));
      if (Files.isDirectory(from)
          || from.getFileName().toString().matches("(slf4j|jspecify|halfsecond).*\\.jar")) {
        copy(from, to);
        entries.add(to.toString());
      }
    }
    var run = new ProcessBuilder("chmod", "-R", "a+rX", directory.toString()).inheritIO().start();
    assertThat(run.waitFor()).isZero();
    var command = new ArrayList<>(List.of(under));
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            String.join(File.pathSeparator, entries),
            ProbeMain.class.getName()));
    var process =
        new ProcessBuilder(command)
            .directory(new File("/"))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return output;
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (var file : (Iterable<Path>) files::iterator) {
        var target = to.resolve(from.relativize(file).toString());
        Files.createDirectories(
            Files.isDirectory(file) ? target : Optional.ofNullable(target.getParent()).orElse(to));
        if (Files.isRegularFile(file)) {
          Files.copy(file, from.equals(file) ? to : target);
        }
      }
    }
  }

  /// What [#probe] runs.
  static final class ProbeMain {
    private ProbeMain() {}

    public static void main(String[] args) {
      try (var source = new KernelSource(KernelSettings.defaults(), System::nanoTime)) {
        SourceMeter.State state;
        try {
          source.start(_ -> true);
          state = source.meter().state();
        } catch (SourceUnavailableException e) {
          state =
              new SourceMeter.State(
                  source.meter().state().condition(), String.valueOf(e.getMessage()));
        }
        System.out.println(state.condition() + " " + state.detail());
      }
    }
  }

  private <E extends KernelEvent> E next(Class<E> type, Predicate<E> wanted)
      throws InterruptedException {
    long deadline = System.nanoTime() + SOON.toNanos();
    var seen = new ArrayList<SshEvent>();
    while (true) {
      var event = events.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (event == null) {
        throw new AssertionError("no such " + type.getSimpleName() + " among " + seen);
      }
      seen.add(event);
      if (type.isInstance(event) && wanted.test(type.cast(event))) {
        return type.cast(event);
      }
    }
  }

  /// Two exits and two accounts.
  private List<KernelEvent> endsOf(int first, int second) throws InterruptedException {
    var ends = new ArrayList<KernelEvent>();
    while (ends.size() < 4) {
      ends.add(
          next(
              KernelEvent.class,
              event ->
                  switch (event) {
                    case KernelEvent.Exited exit -> exit.pid() == first || exit.pid() == second;
                    case KernelEvent.Accounted account ->
                        account.pid() == first || account.pid() == second;
                    case KernelEvent.ListenerFound _,
                        KernelEvent.ConnectionFound _,
                        KernelEvent.Forked _,
                        KernelEvent.Executed _,
                        KernelEvent.UserChanged _,
                        KernelEvent.SessionLed _,
                        KernelEvent.EnvironmentSeen _,
                        KernelEvent.Lost _ ->
                        false;
                  }));
    }
    return ends;
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void forkOnEveryCpu(int times) throws IOException, InterruptedException {
    for (int cpu = 0; cpu < Runtime.getRuntime().availableProcessors(); cpu++) {
      var loop = "i=0; while [ $i -lt %d ]; do /bin/true; i=$((i+1)); done".formatted(times);
      assertThat(
              new ProcessBuilder("taskset", "-c", Integer.toString(cpu), "sh", "-c", loop)
                  .inheritIO()
                  .start()
                  .waitFor())
          .isZero();
    }
  }

  /// Drops of this process's sockets of the connector (11) and of generic netlink (16), by
  /// /proc/net/netlink: the kernel calls the first socket of a process by its pid.
  private static long netlinkDrops() throws IOException {
    try (var lines = Files.lines(Path.of("/proc/net/netlink"))) {
      return lines
          .skip(1)
          .map(line -> line.strip().split("\\s+", -1))
          .filter(
              fields ->
                  (fields[1].equals("11") || fields[1].equals("16"))
                      && fields[2].equals(Long.toString(ProcessHandle.current().pid())))
          .mapToLong(fields -> Long.parseLong(fields[8]))
          .sum();
    }
  }

  /// A private sshd on loopback.
  private record Sshd(Process process, long pid, int port) implements AutoCloseable {
    static Sshd start(Path directory, String... options) throws IOException, InterruptedException {
      Files.createDirectories(Path.of("/run/sshd"));
      var key = directory.resolve("key");
      assertThat(
              new ProcessBuilder(
                      "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString())
                  .inheritIO()
                  .start()
                  .waitFor())
          .isZero();
      int port;
      try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        port = free.getLocalPort();
      }
      var pidFile = directory.resolve("pid");
      var config =
          Files.writeString(
              directory.resolve("config"),
              """
              ListenAddress 127.0.0.1
              Port %d
              HostKey %s
              PidFile %s
              UsePAM no
              StrictModes no
              """
                  .formatted(port, key, pidFile));
      var command = new ArrayList<>(List.of("/usr/sbin/sshd", "-f", config.toString()));
      command.addAll(List.of(options));
      var process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(directory.resolve("log").toFile())
              .start();
      // sshd writes its pid once it listens.
      await()
          .atMost(SOON)
          .until(() -> Files.exists(pidFile) && Files.readString(pidFile).endsWith("\n"));
      return new Sshd(process, Long.parseLong(Files.readString(pidFile).strip()), port);
    }

    void tryToLogIn() throws IOException, InterruptedException {
      var ssh =
          new ProcessBuilder(
                  "ssh",
                  "-F",
                  "none",
                  "-p",
                  Integer.toString(port),
                  "-o",
                  "BatchMode=yes",
                  "-o",
                  "StrictHostKeyChecking=no",
                  "-o",
                  "UserKnownHostsFile=/dev/null",
                  "-o",
                  "LogLevel=ERROR",
                  "nonexistent@127.0.0.1",
                  "true")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      assertThat(ssh.waitFor()).isEqualTo(255);
    }

    @Override
    public void close() {
      ProcessHandle.of(pid)
          .ifPresent(
              handle -> {
                handle.destroy();
                handle.onExit().join();
              });
    }
  }
}
