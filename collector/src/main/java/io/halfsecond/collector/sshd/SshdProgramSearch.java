package io.halfsecond.collector.sshd;

import io.halfsecond.collector.linux.HostCommand;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Finds the programs that a running sshd consists of, wherever they are installed: the listener's
/// own, those that its connections execute now, and those that it starts for the next one.
///
/// **Guarantees** that no directory is guessed as long as something listens, and that only root and
/// the collector's own user can have written the programs.
public final class SshdProgramSearch {
  /// The programs of this host's sshd.
  ///
  /// @param ofListeners whether a running listener led to them; otherwise they were found in the
  ///   directories where they usually are
  public record Programs(List<Path> paths, boolean ofListeners) {
    public Programs {
      paths = List.copyOf(paths);
    }

    public static Programs installed() {
      return new Programs(SshdPrograms.installed(), false);
    }
  }

  /// Keywords that `sshd -G` prints since 9.8 and 10.0; the letter case depends on the version.
  private static final Set<String> KEYWORDS = Set.of("sshdsessionpath", "sshdauthpath");

  private static final List<String> NO_CONFIGURATION = List.of("-f", "/dev/null");

  private final SshdListeners listeners;
  private final HostCommand command;

  public SshdProgramSearch(SshdListeners listeners, HostCommand command) {
    this.listeners = listeners;
    this.command = command;
  }

  /// The programs of all these listeners; the installed ones if none of them leads to any.
  public Programs of(Collection<SshdListener> running) throws InterruptedException {
    var found = new LinkedHashSet<Path>();
    for (var listener : running) {
      found.addAll(of(listener));
    }
    return found.isEmpty() ? Programs.installed() : new Programs(new ArrayList<>(found), true);
  }

  private List<Path> of(SshdListener listener) throws InterruptedException {
    var executable = listener.executable().filter(SshdPrograms::trusted);
    if (executable.isEmpty()) {
      return List.of();
    }
    return Stream.of(
            Stream.of(executable.get()),
            listeners.executedBelow(listener.pid()).stream(),
            configured(executable.get(), listener.commandLine()).stream())
        .flatMap(paths -> paths)
        .filter(SshdPrograms::trusted)
        .distinct()
        .toList();
  }

  /// What this sshd starts for a connection, by its own account. The paths are built in and can be
  /// configured. Where the configuration cannot be read, those built in; none before 9.8, where
  /// sshd executes itself.
  private List<Path> configured(Path executable, SshdCommandLine line) throws InterruptedException {
    for (var options : List.of(line.configurationOptions(), NO_CONFIGURATION)) {
      var words = Stream.concat(Stream.of(executable.toString(), "-G"), options.stream()).toList();
      var paths =
          command.run(words).orElse("").lines().flatMap(each -> path(each).stream()).toList();
      if (!paths.isEmpty()) {
        return paths;
      }
    }
    return List.of();
  }

  static Optional<Path> path(String line) {
    int blank = line.indexOf(' ');
    return blank > 0
            && KEYWORDS.contains(line.substring(0, blank).toLowerCase(Locale.ROOT))
            && line.startsWith("/", blank + 1)
        ? Optional.of(Path.of(line.substring(blank + 1)))
        : Optional.empty();
  }
}
