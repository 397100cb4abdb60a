package io.halfsecond.collector.inventory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Optional;

/// Looks at files without opening them.
final class HostFiles {
  private static final int TYPE = 0170000;
  private static final int REGULAR = 0100000;

  private HostFiles() {}

  /// stat(2), which follows symbolic links; empty if there is no regular file, or it may not be looked at.
  static Optional<FileIdentity> identity(Path file) {
    try {
      var attributes = Files.readAttributes(file, "unix:dev,ino,size,lastModifiedTime,mode");
      if ((number(attributes, "mode") & TYPE) != REGULAR
        || !(attributes.get("lastModifiedTime") instanceof FileTime mtime)) {
        return Optional.empty();
      }
      return Optional.of(new FileIdentity(FileIdentity.device(number(attributes, "dev")),
        number(attributes, "ino"), number(attributes, "size"), mtime.toInstant()));
    } catch (IOException | SecurityException _) {
      return Optional.empty();
    }
  }

  private static long number(Map<String, Object> attributes, String name) throws IOException {
    if (attributes.get(name) instanceof Number number) {
      return number.longValue();
    }
    throw new IOException("this JVM does not tell a file's " + name);
  }

  /// A path that this JVM can name; with a locale of ASCII it cannot name all.
  static Optional<Path> path(String name) {
    try {
      return Optional.of(Path.of(name));
    } catch (InvalidPathException _) {
      return Optional.empty();
    }
  }
}
