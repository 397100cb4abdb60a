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

  /// stat(2), which follows symbolic links; empty if there is no such file, or it may not be looked
  /// at.
  static Optional<Stat> stat(Path file) {
    try {
      var attributes = Files.readAttributes(file, "unix:dev,ino,size,lastModifiedTime,ctime,mode");
      return attributes.get("lastModifiedTime") instanceof FileTime mtime
              && attributes.get("ctime") instanceof FileTime ctime
          ? Optional.of(
              new Stat(
                  new FileIdentity(
                      FileIdentity.device(number(attributes, "dev")),
                      number(attributes, "ino"),
                      number(attributes, "size"),
                      mtime.toInstant()),
                  ctime.toInstant(),
                  (number(attributes, "mode") & TYPE) == REGULAR))
          : Optional.empty();
    } catch (IOException | SecurityException _) {
      return Optional.empty();
    }
  }

  /// Of a regular file; empty of all others.
  static Optional<FileIdentity> identity(Path file) {
    return stat(file).filter(Stat::regular).map(Stat::identity);
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
