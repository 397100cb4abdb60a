package io.halfsecond.collector.inventory.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Optional;

/// Inspects files without opening them.
public final class HostFiles {
  private static final int TYPE = 0170000;
  private static final int REGULAR = 0100000;

  private HostFiles() {}

  /// stat(2), which follows symbolic links; empty if there is no such file, or it may not be
  /// accessed.
  public static Optional<Stat> stat(Path file) {
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

  /// Empty if it is no regular file.
  public static Optional<FileIdentity> identity(Path file) {
    return stat(file).filter(Stat::regular).map(Stat::identity);
  }

  private static long number(Map<String, Object> attributes, String name) throws IOException {
    if (attributes.get(name) instanceof Number number) {
      return number.longValue();
    }
    throw new IOException("this JVM does not report a file's " + name);
  }

  /// Empty if this JVM cannot represent the name: with an ASCII locale it cannot represent all.
  public static Optional<Path> path(String name) {
    try {
      return Optional.of(Path.of(name));
    } catch (InvalidPathException _) {
      return Optional.empty();
    }
  }
}
