package io.halfsecond.collector.linux;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.stream.Stream;

/// Runs programs of the host, one at a time.
public final class HostCommand {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final List<String> DIRECTORIES = List.of("/usr/sbin", "/usr/bin", "/sbin", "/bin");

  private final Lock exclusive;

  /// @param exclusive held while a program runs
  public HostCommand(Lock exclusive) {
    this.exclusive = exclusive;
  }

  /// What it printed, whatever its exit status; empty if there is no such program, or it takes
  /// longer than 10 s.
  ///
  /// @param command first the program: an absolute path, or a bare name, which is searched in the
  ///   system's directories only
  public Optional<String> run(List<String> command) throws InterruptedException {
    var program =
        DIRECTORIES.stream()
            .map(directory -> Path.of(directory).resolve(command.getFirst()))
            .filter(Files::isExecutable)
            .findFirst();
    if (program.isEmpty()) {
      return Optional.empty();
    }
    exclusive.lockInterruptibly();
    try {
      return run(program.get(), command);
    } catch (IOException _) {
      return Optional.empty();
    } finally {
      exclusive.unlock();
    }
  }

  private static Optional<String> run(Path program, List<String> command)
      throws IOException, InterruptedException {
    var words = Stream.concat(Stream.of(program.toString()), command.stream().skip(1)).toList();
    var printed = Files.createTempFile("halfsecond", ".out");
    try {
      var builder =
          new ProcessBuilder(words)
              .redirectInput(new File("/dev/null"))
              .redirectOutput(printed.toFile())
              .redirectError(Redirect.DISCARD);
      builder.environment().clear();
      builder.environment().put("LC_ALL", "C");
      var process = builder.start();
      try {
        return process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
            ? Optional.of(Files.readString(printed, StandardCharsets.ISO_8859_1))
            : Optional.empty();
      } finally {
        process.destroyForcibly();
      }
    } finally {
      Files.deleteIfExists(printed);
    }
  }
}
