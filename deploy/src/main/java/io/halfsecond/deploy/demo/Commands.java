package io.halfsecond.deploy.demo;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/// Runs other programs, and ends those that do not end themselves.
final class Commands {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private Commands() {}

  /// Finds a program on PATH, or in the system directories that an ordinary user's PATH lacks.
  static Optional<Path> find(String program) {
    var path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return Stream.concat(Stream.of(path.split(":")), Stream.of("/usr/sbin", "/sbin"))
        .filter(d -> !d.isEmpty())
        .map(d -> Path.of(d, program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /// Runs a program and returns its output.
  ///
  /// @throws IOException if it cannot be run, fails, or takes longer than 30 s; the message has its
  ///   output
  static String run(List<String> command) throws IOException, InterruptedException {
    var output = Files.createTempFile("halfsecond", ".out");
    try {
      var process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
              .start();
      boolean ended;
      try {
        ended = process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      } finally {
        end(process.toHandle());
      }
      var said = Files.readString(output).strip();
      if (!ended || process.exitValue() != 0) {
        throw new IOException(
            "%s %s: %s"
                .formatted(
                    command.getFirst(),
                    ended
                        ? "failed with status " + process.exitValue()
                        : "took longer than " + PATIENCE.toSeconds() + " s",
                    said));
      }
      return said;
    } finally {
      Files.deleteIfExists(output);
    }
  }

  /// Ends a process and its descendants: SIGTERM, and after two seconds SIGKILL.
  static void end(ProcessHandle process) {
    List<ProcessHandle> family = Stream.concat(Stream.of(process), process.descendants()).toList();
    family.forEach(ProcessHandle::destroy);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
    for (var member : family) {
      try {
        member.onExit().get(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        member.destroyForcibly();
      } catch (ExecutionException | TimeoutException _) {
        member.destroyForcibly();
      }
    }
  }
}
