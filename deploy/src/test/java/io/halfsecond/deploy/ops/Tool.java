package io.halfsecond.deploy.ops;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.errors.InterruptException;

/// A program of this machine that a test needs.
///
/// @param file where it is
public record Tool(Path file) {

  /// Where Debian keeps daemons, beside what the caller's PATH has.
  private static final List<String> DAEMONS = List.of("/usr/sbin", "/sbin");

  /// How a program ended.
  ///
  /// @param output standard output and standard error, as they came
  public record Result(int status, String output) {}

  /// Finds a program. Without it the calling test is skipped, or fails where `CI=true` promises
  /// that all is there.
  public static Tool require(String program, String debianPackage) {
    return Arrays.stream((System.getenv("PATH") + ":" + String.join(":", DAEMONS)).split(":"))
        .map(directory -> Path.of(directory, program))
        .filter(Files::isExecutable)
        .findFirst()
        .map(Tool::new)
        .orElseThrow(() -> missing(program + " is missing (Debian package " + debianPackage + ")"));
  }

  /// @return never; throws what skips the test, or an error where `CI=true`
  public static RuntimeException missing(String what) {
    if ("true".equals(System.getenv("CI"))) {
      throw new IllegalStateException(what);
    }
    assumeTrue(false, what);
    throw new IllegalStateException("unreachable");
  }

  /// Runs it to its end.
  public Result run(Path directory, Map<String, String> environment, String... arguments) {
    var command = new ArrayList<>(List.of(file.toString()));
    command.addAll(List.of(arguments));
    var builder =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
    builder.environment().putAll(environment);
    try {
      Process process = builder.start();
      process.getOutputStream().close();
      var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Result(process.waitFor(), output);
    } catch (IOException e) {
      throw new UncheckedIOException(String.join(" ", command), e);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }
}
