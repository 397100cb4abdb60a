package io.halfsecond.deploy.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A copy of the system's liblzma that makes sshd start slowly and is otherwise the same.
///
/// Debian's sshd links libsystemd, which links liblzma: the chain that the xz backdoor used. The
/// copy needs one more library, whose constructor burns CPU in programs named `sshd…`. Nothing on
/// the system changes: only a process whose environment points here loads it.
public record SlowLiblzma(Path directory) {
  private static final Pattern LIBLZMA = Pattern.compile("liblzma\\.so\\.5 => (\\S+)");

  /// Builds the library for one delay.
  ///
  /// @param directory an empty directory that this process may write to
  /// @param delay CPU time per process that loads it, in whole milliseconds, above zero
  /// @throws IOException if sshd does not link liblzma, or gcc or patchelf fails; the message says
  ///   which
  public static SlowLiblzma build(Path directory, Path sshd, Duration delay)
      throws IOException, InterruptedException {
    return build(directory, sshd, delay, List.of());
  }

  /// Builds one that is slow only if an environment variable is not set.
  static SlowLiblzma asleepWith(String variable, Path directory, Path sshd, Duration delay)
      throws IOException, InterruptedException {
    return build(directory, sshd, delay, List.of("-DASLEEP_WITH=\"%s\"".formatted(variable)));
  }

  private static SlowLiblzma build(
      Path directory, Path sshd, Duration delay, List<String> definitions)
      throws IOException, InterruptedException {
    var linked = LIBLZMA.matcher(Commands.run(List.of("ldd", sshd.toString())));
    if (!linked.find()) {
      throw new IOException(
          sshd + " does not link liblzma: this demonstration needs a Debian or Ubuntu sshd");
    }
    var source = directory.resolve("slow.c");
    try (var in =
        Objects.requireNonNull(SlowLiblzma.class.getResourceAsStream("slow.c"), "slow.c")) {
      Files.copy(in, source);
    }
    var slow = directory.resolve("libslow.so.1");
    Commands.run(
        Stream.concat(
                Stream.of(
                    "gcc",
                    "-O2",
                    "-fPIC",
                    "-shared",
                    "-DSLOW_MS=" + delay.toMillis(),
                    "-Wl,-soname,libslow.so.1",
                    "-o",
                    slow.toString(),
                    source.toString()),
                definitions.stream())
            .toList());
    var copy = directory.resolve("liblzma.so.5");
    Files.copy(Path.of(linked.group(1)).toRealPath(), copy);
    Commands.run(List.of("patchelf", "--add-needed", slow.toString(), copy.toString()));
    return new SlowLiblzma(directory);
  }

  /// The environment that makes a process load the copy; it survives sshd's re-execution of itself.
  public Map<String, String> environment() {
    return Map.of("LD_LIBRARY_PATH", directory.toString());
  }
}
