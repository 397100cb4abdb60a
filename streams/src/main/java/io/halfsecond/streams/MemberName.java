package io.halfsecond.streams;

import io.halfsecond.schemas.Names;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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
  /// @throws UncheckedIOException if it can neither be read nor made
  static String of(StreamsSettings.Application application) {
    return application.instance().orElseGet(() -> kept(application.stateDirectory()));
  }

  private static String kept(Path directory) {
    var file = directory.resolve(FILE);
    try {
      Files.createDirectories(directory);
      if (Files.exists(file)) {
        var name = Files.readString(file).strip();
        if (Names.isHost(name)) {
          return name;
        }
        // A full disk or a crash has left it empty.
        Files.delete(file);
      }
      var name = UUID.randomUUID().toString();
      Files.writeString(file, name + "\n", StandardOpenOption.CREATE_NEW);
      return name;
    } catch (FileAlreadyExistsException e) {
      throw new UncheckedIOException(
          "another instance starts with the same stream.state-directory: " + directory, e);
    } catch (IOException e) {
      throw new UncheckedIOException("the name of this instance cannot be kept: " + e, e);
    }
  }
}
