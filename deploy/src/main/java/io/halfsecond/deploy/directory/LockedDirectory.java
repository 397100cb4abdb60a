package io.halfsecond.deploy.directory;

import io.halfsecond.collector.linux.Proc;
import io.halfsecond.schemas.auth.OwnFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// A directory that belongs to this process alone until [#close()].
///
/// The lock is on a file in the directory and ends with the process, however that ends. The file
/// says which process has the lock. It stays where it is: whoever removed it could lock another
/// file than a process that has just opened it.
public final class LockedDirectory implements AutoCloseable {
  static final String LOCK_FILE = "halfsecond.lock";

  private static final String MAIN_CLASSES = "io.halfsecond.deploy.cli.";
  private static final int HOLDER_BYTES = 200;

  /// What this process has locked. The kernel gives a process its own lock again, and takes it away
  /// when the process closes the file, however often it was opened. So a lock file that is held
  /// here must not be opened here.
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path directory;
  private final Optional<FileChannel> lock;

  private LockedDirectory(Path directory, Optional<FileChannel> lock) {
    this.directory = directory;
    this.lock = lock;
  }

  /// @param wanted created, for its owner only, if it does not exist
  /// @throws IOException if another process has it, another user owns it or may write to it, or it
  ///   cannot be created; the message names the directory and what to do
  public static LockedDirectory of(Path wanted) throws IOException {
    create(wanted.toAbsolutePath());
    var directory = wanted.toRealPath();
    requireOwn(directory);
    if (!HELD.add(directory)) {
      throw inUse(directory, "this process already");
    }
    try {
      return new LockedDirectory(directory, lock(directory));
    } catch (IOException | RuntimeException e) {
      HELD.remove(directory);
      throw e;
    }
  }

  private static void create(Path directory) throws IOException {
    if (Files.notExists(directory)) {
      var parent = directory.getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      Files.createDirectories(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
  }

  /// @return empty for a read-only file system: nobody writes there, so nothing needs a lock
  private static Optional<FileChannel> lock(Path directory) throws IOException {
    if (Files.getFileStore(directory).isReadOnly()) {
      return Optional.empty();
    }
    var file = directory.resolve(LOCK_FILE);
    var channel =
        FileChannel.open(
            file,
            Set.of(
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      if (channel.tryLock() == null) {
        throw inUse(directory, holder(channel));
      }
      nameHolder(channel);
      return Optional.of(channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /// For the message of the next one. The lock holds without it, so a full disk is no obstacle.
  private static void nameHolder(FileChannel channel) {
    try {
      channel.truncate(0);
      channel.write(ByteBuffer.wrap(thisProcess().getBytes(StandardCharsets.UTF_8)), 0);
    } catch (IOException _) {
      // The next one is told that the holder is not known.
    }
  }

  private static IOException inUse(Path directory, String holder) {
    return new IOException(
        "%s is in use by %s; stop that, or set another directory".formatted(directory, holder));
  }

  /// What the process that has the lock wrote. It may not have come to that yet.
  private static String holder(FileChannel channel) throws IOException {
    var text = ByteBuffer.allocate(HOLDER_BYTES);
    channel.read(text, 0);
    var said = new String(text.array(), 0, text.position(), StandardCharsets.UTF_8).strip();
    return said.isEmpty() ? "another process" : said;
  }

  private static String thisProcess() {
    return "process %d (%s)".formatted(ProcessHandle.current().pid(), command());
  }

  /// The name of the command without its options, which may hold secrets. The JVM knows it: a
  /// command line as long as that with all jars is not told by [ProcessHandle].
  private static String command() {
    var words = System.getProperty("sun.java.command", "").split(" ", 3);
    return words.length > 1 && words[0].startsWith(MAIN_CLASSES)
        ? "halfsecond " + words[1]
        : ProcessHandle.current()
            .info()
            .command()
            .map(path -> Path.of(path).getFileName().toString())
            .orElse("unknown");
  }

  /// What others may write to can be replaced under a running process.
  private static void requireOwn(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      throw new IOException(directory + " is not a directory");
    }
    var self = Proc.realUid(Files.readString(Proc.ROOT.resolve("self/status")));
    var owner = OptionalInt.of((int) Files.getAttribute(directory, "unix:uid"));
    if (!owner.equals(self)) {
      throw new IOException(
          "%s belongs to %s and not to the user of this process; run as that user, change the"
                  .formatted(directory, Files.getOwner(directory).getName())
              + " owner, or set another directory");
    }
    OwnFile.requireUnchanged(directory);
  }

  /// Its real path.
  public Path path() {
    return directory;
  }

  @Override
  public void close() {
    try {
      if (lock.isPresent()) {
        lock.get().close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot unlock " + directory, e);
    } finally {
      HELD.remove(directory);
    }
  }
}
