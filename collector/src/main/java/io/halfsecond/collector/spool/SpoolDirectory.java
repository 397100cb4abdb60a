package io.halfsecond.collector.spool;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;

/// The names in the directory of a spool.
///
/// @param segments by position
/// @param foreign names that the spool does not use
record SpoolDirectory(Path path, List<Path> segments, List<String> foreign) {
  static final String RUNS = "runs.avro";
  static final String RUNS_NEW = "runs.avro.new";
  static final String ASSIGNED = "assigned";

  private static final Pattern SEGMENT = Pattern.compile("\\d{16,19}\\.avro");
  private static final Path SELF = Path.of("/proc/self");

  static Path segment(Path directory, long position) {
    return directory.resolve(String.format(Locale.ROOT, "%016d.avro", position));
  }

  /// The position in the name of a segment.
  static OptionalLong position(Path segment) {
    var name = segment.getFileName().toString();
    try {
      return OptionalLong.of(Long.parseLong(name.substring(0, name.indexOf('.'))));
    } catch (NumberFormatException _) {
      return OptionalLong.empty();
    }
  }

  /// Makes the directory if it is missing, for its owner only.
  ///
  /// @throws IOException if it is a link, belongs to another user, or cannot be made
  static SpoolDirectory open(Path path) throws IOException {
    var ownerOnly = PosixFilePermissions.fromString("rwx------");
    try {
      var parent = path.getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      Files.createDirectory(path, PosixFilePermissions.asFileAttribute(ownerOnly));
    } catch (FileAlreadyExistsException _) {
      if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
        throw new NotDirectoryException(path + " is no directory of its own");
      }
      var owner = Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
      var self = Files.getAttribute(SELF, "unix:uid");
      if (!owner.equals(self)) {
        throw new IOException(path + " belongs to uid " + owner + ", not to uid " + self);
      }
      if (!Files.getPosixFilePermissions(path).equals(ownerOnly)) {
        Files.setPosixFilePermissions(path, ownerOnly);
      }
    }
    return list(path);
  }

  static SpoolDirectory list(Path path) throws IOException {
    var segments = new ArrayList<Path>();
    var foreign = new ArrayList<String>();
    try (var names = Files.newDirectoryStream(path)) {
      for (var file : names) {
        var name = file.getFileName().toString();
        if (SEGMENT.matcher(name).matches()
            && position(file).isPresent()
            && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
          segments.add(file);
        } else if (!Set.of(RUNS, RUNS_NEW, ASSIGNED).contains(name)) {
          foreign.add(name);
        }
      }
    } catch (java.nio.file.DirectoryIteratorException e) {
      throw e.getCause();
    }
    segments.sort(java.util.Comparator.comparingLong(file -> position(file).orElseThrow()));
    foreign.sort(null);
    return new SpoolDirectory(path, segments, foreign);
  }
}
