package io.halfsecond.deploy.directory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.rocksdb.NativeLibraryLoader;

/// Where libraries of machine code are unpacked: below a directory of our own, because the
/// directory for temporary files is often mounted without permission to execute (noexec).
///
/// RocksDB, zstd and snappy come as a library in a jar, write it to a file and load that. lz4 does
/// too, but works in Java where that fails.
public final class NativeLibraries {
  private static final String DIRECTORY = "native";

  private final Path directory;

  private NativeLibraries(Path directory) {
    this.directory = directory;
  }

  /// Empties the place and tells zstd and snappy of it. What a killed process left there is gone
  /// then.
  ///
  /// @throws IOException if files can be executed neither there nor in the directory for temporary
  ///   files
  public static NativeLibraries below(LockedDirectory own) throws IOException {
    var place = own.path().resolve(DIRECTORY);
    if (Files.isSymbolicLink(place)) {
      throw new IOException(place + " is a symbolic link; remove it");
    }
    boolean usable = empty(place);
    var temporary = Path.of(System.getProperty("java.io.tmpdir"));
    if (!usable || !permitsExecution(place)) {
      if (!permitsExecution(temporary)) {
        throw new IOException(
            "neither %s nor %s permits executing files, which RocksDB needs; set another state"
                    .formatted(place, temporary)
                + " directory, or HALFSECOND_JAVA_OPTS=-Djava.io.tmpdir=DIRECTORY");
      }
      place = temporary;
    }
    System.setProperty("ZstdTempFolder", place.toString());
    System.setProperty("org.xerial.snappy.tempdir", place.toString());
    return new NativeLibraries(place);
  }

  /// @return false if it cannot be made or written to: the disk is full or read-only
  private static boolean empty(Path place) {
    try {
      Files.createDirectories(place);
      try (var left = Files.newDirectoryStream(place)) {
        for (var file : left) {
          Files.delete(file);
        }
      }
      return Files.isWritable(place);
    } catch (IOException _) {
      return false;
    }
  }

  /// Loads RocksDB from there, once in the life of the process.
  ///
  /// @throws IOException if it cannot be loaded
  public void loadRocksDb() throws IOException {
    try {
      NativeLibraryLoader.getInstance().loadLibrary(directory.toString());
    } catch (UnsatisfiedLinkError e) {
      throw new IOException("cannot load RocksDB from " + directory + ": " + e.getMessage(), e);
    }
  }

  /// access(2) says no to executing a file of a noexec mount, whatever its mode. Where no file can
  /// be made, none can be executed.
  static boolean permitsExecution(Path directory) {
    try {
      var probe =
          Files.createTempFile(
              directory,
              "halfsecond",
              ".probe",
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      try {
        return Files.isExecutable(probe);
      } finally {
        Files.delete(probe);
      }
    } catch (IOException _) {
      return false;
    }
  }
}
