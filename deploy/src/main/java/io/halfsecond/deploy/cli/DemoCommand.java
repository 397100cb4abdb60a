package io.halfsecond.deploy.cli;

import io.halfsecond.deploy.demo.Demo;
import io.halfsecond.deploy.demo.Outcome;
import io.halfsecond.deploy.demo.Prerequisites;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = {
      "Demonstrate Halfsecond on this machine, in about two minutes.",
      "Starts a private sshd on the loopback address, logs in, replaces liblzma by a slow copy, and"
          + " waits for the alert. Needs root, Linux, openssh-server, gcc and patchelf; changes"
          + " nothing on the system."
    },
    exitCodeList = {
      "0:the alert came, or none with --delay-ms 0",
      "1:no alert, or an unexpected one; or the machine lacks something"
    },
    footer = {
      "  sudo halfsecond demo --delay-ms 100",
      "  halfsecond demo --replay            a recorded run, without root"
    })
final class DemoCommand implements Callable<Integer> {
  /// A run takes at most three minutes; what has not ended by then is ended.
  private static final Duration LIMIT = Duration.ofSeconds(170);

  private static final Duration HARD_LIMIT = Duration.ofSeconds(178);
  private static final Duration WATCH_FOR_NOTHING = Duration.ofSeconds(45);
  private static final int MOST_DELAY_MILLIS = 5_000;
  private static final String RECORDED_RUN = "";

  private final Surroundings around;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it before it calls call
  private CommandSpec spec;

  @Option(
      names = "--delay-ms",
      paramLabel = "N",
      defaultValue = "500",
      description =
          "Inject a delay of N ms of CPU time; 0 for no change. Default: ${DEFAULT-VALUE}.")
  private int delayMillis;

  @Option(names = "--keep", description = "Leave everything running afterwards, until Ctrl-C.")
  private boolean keep;

  @Option(
      names = "--record",
      paramLabel = "FILE",
      description = "Write the telemetry of the run to a file.")
  private Optional<Path> record = Optional.empty();

  @Option(
      names = "--replay",
      paramLabel = "FILE",
      arity = "0..1",
      fallbackValue = RECORDED_RUN,
      description = "Replay a recorded run instead: FILE, or the one that comes with Halfsecond.")
  private Optional<String> replay = Optional.empty();

  DemoCommand(Surroundings around) {
    this.around = around;
  }

  @Override
  public Integer call() throws Exception {
    if (delayMillis < 0 || delayMillis > MOST_DELAY_MILLIS) {
      throw new ParameterException(
          spec.commandLine(),
          "--delay-ms must be 0 to %d, not %d".formatted(MOST_DELAY_MILLIS, delayMillis));
    }
    if (replay.isEmpty()) {
      var missing = Prerequisites.missing();
      if (!missing.isEmpty()) {
        around.err().println("halfsecond demo: this machine lacks");
        missing.forEach(what -> around.err().println("  " + what));
        around
            .err()
            .println("halfsecond demo --replay replays a recorded run and needs none of this.");
        return ExitStatus.FINDING_OR_FAILURE;
      }
    }
    Logging.onlyErrorsOfKafka();
    try (var watchdog =
        Executors.newScheduledThreadPool(
            1, Thread.ofPlatform().daemon().name("watchdog").factory())) {
      if (!keep) {
        var _ = watchdog.schedule(around.stop()::request, LIMIT.toSeconds(), TimeUnit.SECONDS);
        var _ = watchdog.schedule(DemoCommand::giveUp, HARD_LIMIT.toSeconds(), TimeUnit.SECONDS);
      }
      try {
        return run().asExpected() ? ExitStatus.DONE : ExitStatus.FINDING_OR_FAILURE;
      } finally {
        watchdog.shutdownNow();
      }
    }
  }

  private Outcome run() throws Exception {
    var demo = new Demo(around.out(), around.terminal(), around.stop());
    if (replay.isPresent()) {
      return replay.get().equals(RECORDED_RUN) ? demo.replay() : demo.replay(Path.of(replay.get()));
    }
    var settings =
        Demo.DemoSettings.defaults()
            .withDelay(Duration.ofMillis(delayMillis))
            .withKeep(keep)
            .withRecord(record);
    return demo.run(delayMillis == 0 ? settings.withWatch(WATCH_FOR_NOTHING) : settings);
  }

  /// Something hangs despite the request to stop. Its processes must not outlive this one.
  private static void giveUp() {
    ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
    Runtime.getRuntime().halt(ExitStatus.FINDING_OR_FAILURE);
  }
}
