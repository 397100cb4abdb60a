package io.halfsecond.streams;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.halfsecond.schemas.Names;
import io.halfsecond.schemas.auth.OwnFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/// The name of an instance as a member of its consumer group (Kafka's static membership), so that
/// after a crash it takes the place of the member that it was, and need not wait until Kafka gives
/// that one up.
final class MemberName {
  private static final String FILE = "instance";

  private MemberName() {}

  /// The configured name, or one that is made once and kept in the state directory: who loses the
  /// state is another member.
  ///
  /// **Assumes** that no other process uses the directory: its user holds a lock on it.
  ///
  /// @throws UncheckedIOException if it can neither be read nor made
  static String of(StreamsSettings.Application application) {
    return application.instance().orElseGet(() -> kept(application.stateDirectory()));
  }

  private static String kept(Path directory) {
    var file = directory.resolve(FILE);
    try {
      Files.createDirectories(directory);
      // One that is empty or no name is made anew.
      var known =
          OwnFile.read(file).map(bytes -> new String(bytes, UTF_8).strip()).filter(Names::isHost);
      if (known.isPresent()) {
        return known.get();
      }
      var name = UUID.randomUUID().toString();
      OwnFile.replace(file, (name + "\n").getBytes(UTF_8), true);
      return name;
    } catch (IOException e) {
      throw new UncheckedIOException("the name of this instance cannot be kept: " + e, e);
    }
  }
}
