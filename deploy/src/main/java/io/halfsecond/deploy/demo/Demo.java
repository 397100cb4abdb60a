package io.halfsecond.deploy.demo;

import io.halfsecond.collector.CollectorSettings;
import io.halfsecond.collector.CollectorSettings.HostIdentity;
import io.halfsecond.collector.CollectorSettings.SshdSettings;
import io.halfsecond.collector.emit.EmitterSettings;
import io.halfsecond.collector.emit.ExposureSettings;
import io.halfsecond.collector.emit.PseudonymSettings;
import io.halfsecond.collector.inventory.InventorySettings;
import io.halfsecond.collector.registry.SourceSettings;
import io.halfsecond.collector.sink.KafkaSettings;
import io.halfsecond.collector.source.kernel.KernelSettings;
import io.halfsecond.deploy.recording.Recording;
import io.halfsecond.deploy.service.Cohort;
import io.halfsecond.deploy.service.CollectorService;
import io.halfsecond.deploy.service.Stop;
import io.halfsecond.deploy.terminal.Progress;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertScope;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.ShiftFinding;
import io.halfsecond.schemas.Signal;
import io.halfsecond.streams.telemetry.TimeBounds;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Runs everything on one machine: a broker, the topology, a private sshd and a collector; real
/// logins for a baseline; then that sshd restarted with a slow liblzma, and the alert.
///
/// Ends by itself. However it ends, it ends every process that it started and removes every file
/// that it created.
public final class Demo {
  /// Parameters of a run.
  ///
  /// @param delay CPU time that the slow library costs each sshd process; zero for no slow library
  /// @param baseline least time of logins before the swap
  /// @param watch longest wait for alerts after the swap
  /// @param keep whether to leave everything running after the result, until the stop
  /// @param record where to write the telemetry of the run
  public record DemoSettings(
      Duration delay, Duration baseline, Duration watch, boolean keep, Optional<Path> record) {
    /// Half a second, a minute of baseline, and the rest of three minutes.
    public static DemoSettings defaults() {
      return new DemoSettings(
          Duration.ofMillis(500),
          Duration.ofSeconds(60),
          Duration.ofSeconds(80),
          false,
          Optional.empty());
    }

    public DemoSettings withDelay(Duration value) {
      return new DemoSettings(value, baseline, watch, keep, record);
    }

    public DemoSettings withWatch(Duration value) {
      return new DemoSettings(delay, baseline, value, keep, record);
    }

    public DemoSettings withKeep(boolean value) {
      return new DemoSettings(delay, baseline, watch, value, record);
    }

    public DemoSettings withRecord(Optional<Path> value) {
      return new DemoSettings(delay, baseline, watch, keep, value);
    }
  }

  /// Ranks among 300 samples are fine enough for three votes to pass the limit.
  private static final int BASELINE_LOGINS = 300;

  /// On a machine too slow for that many logins the baseline is extended by at most this.
  private static final Duration BASELINE_EXTENSION = Duration.ofSeconds(15);

  private static final Duration LOGIN_GRACE = Duration.ofSeconds(20);

  /// Two or three logins per block: each block votes, and slow logins are still few compared with
  /// the baseline when the limit is reached.
  private static final Duration BETWEEN_LOGINS = Duration.ofMillis(2_200);

  private static final Duration HEARTBEAT = Duration.ofSeconds(2);

  /// The second signal's alert comes one or two blocks after the first.
  private static final Duration BETWEEN_ALERTS = Duration.ofSeconds(20);

  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration REPLAY_LIMIT = Duration.ofSeconds(60);
  private static final String RECORDED_RUN = "recorded-run.avro";
  private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");

  private final Progress progress;
  private final Stop stop;

  /// @param terminal whether `out` can rewrite its last line
  /// @param stop ends the run early
  public Demo(PrintWriter out, boolean terminal, Stop stop) {
    this.progress = new Progress(out, terminal);
    this.stop = stop;
  }

  /// The running parts of the demonstration.
  record Up(
      Backend backend,
      CollectorService collector,
      PrivateSshd sshd,
      Logins logins,
      Outcome outcome) {}

  /// Looks at what runs.
  @FunctionalInterface
  interface Onlooker {
    /// Between the baseline and the swap.
    default void before(Backend backend) throws IOException, InterruptedException {}

    /// Between the result and the end.
    void after(Up up) throws IOException, InterruptedException;
  }

  /// Runs the demonstration on this machine.
  ///
  /// @throws IOException if a part cannot be started; the message says which and why
  public Outcome run(DemoSettings settings) throws IOException, InterruptedException {
    return run(
        settings,
        up -> {
          if (settings.record().isPresent()) {
            Recording.of(
                    up.backend().bootstrapServers(),
                    Backend.TOPICS,
                    new Recording.Run(
                        up.outcome().swappedAt(), settings.delay(), Optional.of(Backend.BLOCK)))
                .write(settings.record().get());
            progress.say("telemetry written to " + settings.record().get());
          }
          if (settings.keep()) {
            keep(up);
          }
        });
  }

  Outcome run(DemoSettings settings, Onlooker onlooker) throws IOException, InterruptedException {
    long begun = System.nanoTime();
    try (var workspace = Workspace.create();
        var backend = Backend.start(workspace, TimeBounds.defaults(), stop);
        var sshd = PrivateSshd.prepare(workspace.make("sshd"), LOGIN_GRACE)) {
      var slowed = environment(settings, workspace, sshd);
      sshd.start(Map.of());
      try (var collector =
          CollectorService.start(collector(backend, workspace, sshd), Backend.loopback())) {
        progress.say(
            "broker, topology, private sshd and collector: started in %d s"
                .formatted(seconds(begun)));
        var alerts = new ArrayList<Alert>();
        var logins = new Logins(sshd);
        baseline(settings, logins, backend, alerts);
        onlooker.before(backend);
        var swappedAt = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        if (!stop.requested()) {
          sshd.start(slowed);
          progress.say(
              settings.delay().isZero()
                  ? "sshd restarted, unchanged, at %s".formatted(swappedAt)
                  : "sshd restarted with a liblzma that costs %d ms more CPU, at %s"
                      .formatted(settings.delay().toMillis(), swappedAt));
        }
        int loginsSince = watch(settings, swappedAt, logins, backend, alerts);
        var outcome = new Outcome(settings.delay(), swappedAt, alerts, !stop.requested());
        report(outcome, OptionalInt.of(loginsSince));
        onlooker.after(new Up(backend, collector, sshd, logins, outcome));
        return outcome;
      }
    }
  }

  /// Replays the run that comes with Halfsecond.
  public Outcome replay() throws IOException, InterruptedException {
    try (var in =
        Objects.requireNonNull(Demo.class.getResourceAsStream(RECORDED_RUN), RECORDED_RUN)) {
      return replay(Recording.read(in));
    }
  }

  /// Replays a run that was recorded to a file.
  ///
  /// @throws IOException if the file is not a recording
  public Outcome replay(Path file) throws IOException, InterruptedException {
    try (var in = Files.newInputStream(file)) {
      return replay(Recording.read(in));
    }
  }

  /// Replays a recorded run through the same broker and topology, as fast as possible.
  private Outcome replay(Recording recording) throws IOException, InterruptedException {
    try (var workspace = Workspace.create();
        var backend = Backend.start(workspace, TimeBounds.any(), stop)) {
      progress.say(
          "broker and topology: started; replaying %d records of a run of %s"
              .formatted(
                  recording.entries().size(),
                  recording.run().swappedAt().truncatedTo(ChronoUnit.SECONDS)));
      recording.play(backend.bootstrapServers());
      var alerts = new ArrayList<Alert>();
      long deadline = System.nanoTime() + REPLAY_LIMIT.toNanos();
      var outcome =
          new Outcome(recording.run().delay(), recording.run().swappedAt(), alerts, false);
      while (!outcome.complete() && System.nanoTime() - deadline < 0 && !stop.requested()) {
        collectAlerts(backend, alerts);
        outcome =
            new Outcome(
                recording.run().delay(), recording.run().swappedAt(), alerts, !stop.requested());
      }
      report(outcome, OptionalInt.empty());
      return outcome;
    }
  }

  private static Map<String, String> environment(
      DemoSettings settings, Workspace workspace, PrivateSshd sshd)
      throws IOException, InterruptedException {
    return settings.delay().isZero()
        ? Map.of()
        : SlowLiblzma.build(workspace.make("lib"), sshd.executable(), settings.delay())
            .environment();
  }

  static CollectorSettings collector(Backend backend, Workspace workspace, PrivateSshd sshd)
      throws IOException {
    // No log: this sshd writes to a file of its own, without pids, so no line could be believed.
    var command = sshd.config().toString();
    return new CollectorSettings(
        new HostIdentity(Files.readString(HOST_NAME).strip(), Cohort.ofThisHost()),
        new SshdSettings(SshdSettings.defaults().privsepUser(), command),
        new SourceSettings(
            Optional.of(KernelSettings.defaults().withCommandLine(command)),
            Optional.empty(),
            Optional.empty()),
        Optional.empty(),
        Optional.of(InventorySettings.defaults()),
        PseudonymSettings.defaults(),
        ExposureSettings.defaults(),
        EmitterSettings.defaults(),
        new KafkaSettings(backend.bootstrapServers(), Map.of()),
        workspace.make("collector"),
        HEARTBEAT);
  }

  private void baseline(DemoSettings settings, Logins logins, Backend backend, List<Alert> alerts)
      throws IOException, InterruptedException {
    long begun = System.nanoTime();
    var count = new AtomicInteger();
    var unexpected = new AtomicInteger();
    var end = new Stop();
    try (var workers = Executors.newSingleThreadExecutor()) {
      var worker =
          workers.submit(
              () -> {
                while (!end.requested() && !stop.requested()) {
                  if (!logins.attempt(Logins.Kind.inRotation(count.getAndIncrement()))) {
                    unexpected.incrementAndGet();
                  }
                }
                return count.get();
              });
      try {
        boolean enough = false;
        while (!enough && !stop.requested() && !worker.isDone()) {
          collectAlerts(backend, alerts);
          progress.update("baseline: %d logins in %d s".formatted(count.get(), seconds(begun)));
          var elapsed = Duration.ofNanos(System.nanoTime() - begun).minus(settings.baseline());
          enough =
              elapsed.compareTo(BASELINE_EXTENSION) > 0
                  || (elapsed.isPositive() && count.get() >= BASELINE_LOGINS);
        }
      } finally {
        end.request();
      }
      worker.get();
    } catch (ExecutionException e) {
      throw new IOException("a login failed", e);
    }
    progress.say(
        "baseline: %d logins (unknown user, bad key, good key) in %d s%s"
            .formatted(
                count.get(),
                seconds(begun),
                unexpected.get() == 0
                    ? ""
                    : "; %d did not end as expected".formatted(unexpected.get())));
  }

  /// @return number of logins after the swap
  private int watch(
      DemoSettings settings, Instant swappedAt, Logins logins, Backend backend, List<Alert> alerts)
      throws IOException, InterruptedException {
    long begun = System.nanoTime();
    long deadline = begun + settings.watch().toNanos();
    long firstAlert = 0;
    int count = 0;
    long nextLogin = begun;
    while (!stop.requested() && System.nanoTime() - deadline < 0) {
      if (new Outcome(settings.delay(), swappedAt, alerts, false).complete()) {
        break;
      }
      if (firstAlert == 0 && !alerts.isEmpty()) {
        firstAlert = System.nanoTime();
        deadline = Math.min(deadline, firstAlert + BETWEEN_ALERTS.toNanos());
      }
      if (System.nanoTime() - nextLogin >= 0) {
        nextLogin += BETWEEN_LOGINS.toNanos();
        logins.attempt(Logins.Kind.inRotation(count));
        count++;
      }
      collectAlerts(backend, alerts);
      progress.update("watching: %d logins in %d s".formatted(count, seconds(begun)));
    }
    return count;
  }

  private void keep(Up up) throws IOException, InterruptedException {
    progress.say(
        """
        Left running until Ctrl-C, with a login every 2 s:
          Kafka               %s
          collector           %s/metrics
          topology            %s/metrics
          sshd                127.0.0.1:%d
          questions           halfsecond where liblzma --topology %s --set api.token-file=%s\
        """
            .formatted(
                up.backend().bootstrapServers(),
                up.collector().url(),
                up.backend().stream().url(),
                up.sshd().port(),
                up.backend().stream().url(),
                up.backend().apiToken()));
    for (int i = 0; !stop.await(BETWEEN_LOGINS); i++) {
      up.logins().attempt(Logins.Kind.inRotation(i));
    }
  }

  /// Alerts about the speed of the host only: the incident that covers them says the same. That
  /// sshd was started with a variable of the loader, by which it finds the slow library, is a fact
  /// and told before.
  private void collectAlerts(Backend backend, List<Alert> alerts) {
    for (var alert : backend.alerts().poll(POLL)) {
      if (alert.getState() == AlertState.OPENED && alert.getScope() == AlertScope.HOST) {
        if (alert.getFinding() instanceof ShiftFinding) {
          alerts.add(alert);
        } else {
          progress.say("told at once, without a baseline: " + alert.getTitle());
        }
      }
    }
  }

  private void report(Outcome outcome, OptionalInt loginsSince) {
    if (outcome.alerts().isEmpty()) {
      progress.say(outcome.toTheEnd() ? "no alert" : "stopped before an alert");
      return;
    }
    progress.say("");
    outcome.alerts().stream().map(Alert::getSummary).forEach(progress::say);
    if (!outcome.falseAlarms().isEmpty()) {
      progress.say(
          "\n%d of the alerts came although nothing had changed."
              .formatted(outcome.falseAlarms().size()));
    }
    outcome
        .opened(Signal.STARTUP)
        .ifPresent(
            alert ->
                progress.say(
                    "\nInjected: %d ms of CPU, at %s. The alert opened %d s and %d votes later%s."
                        .formatted(
                            outcome.delay().toMillis(),
                            outcome.swappedAt(),
                            Duration.between(outcome.swappedAt(), alert.getOpenedAt()).toSeconds(),
                            ((ShiftFinding) alert.getFinding()).getVotes(),
                            loginsSince.isPresent()
                                ? ", after %d logins".formatted(loginsSince.getAsInt())
                                : "")));
  }

  private static long seconds(long sinceNanos) {
    return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - sinceNanos);
  }
}
