package io.halfsecond.schemas.auth;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// What a file says, read again when the file has changed. A file that cannot be read any more, or
/// makes no sense, leaves what it said before in effect and is told once.
///
/// Safe for use by several threads.
public final class Reloaded<T> implements Supplier<T> {
  /// A change of keys takes longer to carry out, and looking costs a few microseconds.
  public static final Duration EVERY = Duration.ofSeconds(5);

  /// Reads the file.
  @FunctionalInterface
  public interface Reader<T> {
    T read(Path file) throws IOException;
  }

  private final Path file;
  private final Reader<T> reader;
  private final InstantSource clock;
  private final Consumer<String> problems;
  private Map<String, Object> seen;
  private Map<String, Object> told;
  private volatile T content;
  private volatile Instant due;

  /// @param problems is told why a changed file is not used
  /// @throws IOException if it cannot be read now
  public Reloaded(Path file, Reader<T> reader, InstantSource clock, Consumer<String> problems)
      throws IOException {
    this.file = file;
    this.reader = reader;
    this.clock = clock;
    this.problems = problems;
    // Before its content: a change in between is seen at the next look.
    this.seen = look(file);
    this.told = seen;
    this.content = reader.read(file);
    this.due = clock.instant().plus(EVERY);
  }

  @Override
  public T get() {
    if (!clock.instant().isBefore(due)) {
      refresh();
    }
    return content;
  }

  private synchronized void refresh() {
    var now = clock.instant();
    if (now.isBefore(due)) {
      return;
    }
    due = now.plus(EVERY);
    var looked = look(file);
    if (!looked.equals(seen)) {
      try {
        content = reader.read(file);
        // Only now: what could not be read is tried again.
        seen = looked;
        told = looked;
      } catch (IOException | RuntimeException e) {
        if (!looked.equals(told)) {
          told = looked;
          problems.accept(
              "%s has changed and cannot be used; what it said before stays in effect: %s"
                  .formatted(file, e.getMessage()));
        }
      }
    }
  }

  /// What differs after any change of content, owner or permissions; empty if there is no file.
  private static Map<String, Object> look(Path file) {
    try {
      return Files.readAttributes(file, "unix:dev,ino,ctime,size,mode,uid");
    } catch (IOException _) {
      return Map.of();
    }
  }
}
