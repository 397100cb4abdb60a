package io.halfsecond.schemas.auth;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/// Reads and writes the files that a process keeps for itself: its state and its keys. The process
/// is often root, so a file that somebody else prepared must not lead it anywhere.
///
/// **Guarantees** that no symbolic link is followed, that a file is read only if nobody but its
/// owner could have written it, and that a new file is readable by its owner only and has a name
/// before it is in place that nobody can guess.
public final class OwnFile {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final int WRITTEN_BY_GROUP = 020;
  private static final int WRITTEN_BY_OTHERS = 02;
  private static final int PERMISSIONS = 07777;
  private static final int RANDOM_BYTES = 8;
  private static final SecureRandom RANDOM = new SecureRandom();

  private OwnFile() {}

  /// The content; empty if there is no such file.
  ///
  /// @throws IOException if it cannot be read, is a link, or others could have written it; the
  ///   message names the file and the command that mends it
  public static Optional<byte[]> read(Path file) throws IOException {
    try {
      requireNoLink(file);
      requireUnchanged(file);
      try (var channel =
              FileChannel.open(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
          var in = Channels.newInputStream(channel)) {
        return Optional.of(in.readAllBytes());
      }
    } catch (NoSuchFileException _) {
      return Optional.empty();
    }
  }

  /// Writes the file as a whole: a reader sees the old or the new content.
  ///
  /// @param sync whether it must outlast a crash of the machine
  public static void replace(Path file, byte[] content, boolean sync) throws IOException {
    var next = beside(file);
    try {
      create(next, content, sync);
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (FileSystemException e) {
      // Its message has the other name, which differs each time.
      var failure =
          new FileSystemException(
              file.toString(),
              null,
              Optional.ofNullable(e.getReason()).orElse(e.getClass().getSimpleName()));
      failure.initCause(e);
      throw failure;
    } finally {
      Files.deleteIfExists(next);
    }
  }

  /// A name in the directory of the file that nobody can guess.
  static Path beside(Path file) {
    var random = new byte[RANDOM_BYTES];
    RANDOM.nextBytes(random);
    return file.resolveSibling(
        ".%s.%s".formatted(file.getFileName(), HexFormat.of().formatHex(random)));
  }

  /// Writes a new file, readable by its owner only.
  ///
  /// @throws java.nio.file.FileAlreadyExistsException if there is one, or a link
  static void create(Path file, byte[] content, boolean sync) throws IOException {
    try (var channel =
        FileChannel.open(
            file,
            Set.of(
                StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      var bytes = ByteBuffer.wrap(content);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      if (sync) {
        channel.force(true);
      }
    }
  }

  /// @throws IOException if it is a symbolic link
  public static void requireNoLink(Path file) throws IOException {
    if (Files.isSymbolicLink(file)) {
      throw new IOException(
          "%s is a symbolic link, and somebody else may have put it there; remove it: rm %s"
              .formatted(file, file));
    }
  }

  /// Requires that nobody could have changed a file or directory but its owner, who is the user of
  /// this process or root. A group may write for a user who is not root: that is how volumes are
  /// given to containers.
  ///
  /// @throws IOException if somebody could; the message names it and the command that mends it
  public static void requireUnchanged(Path file) throws IOException {
    var attributes = Files.readAttributes(file, "unix:uid,gid,mode");
    if (!(attributes.get("uid") instanceof Integer owner)
        || !(attributes.get("gid") instanceof Integer group)
        || !(attributes.get("mode") instanceof Integer mode)) {
      throw new IOException(file + ": its owner and permissions are not known");
    }
    var self = ownUid();
    if (owner != 0 && self.isPresent() && owner != self.getAsInt()) {
      throw new IOException(
          "%s belongs to uid %d, who may change it; it must belong to the user of this process (uid %d) or to root: chown %d %s"
              .formatted(file, owner, self.getAsInt(), self.getAsInt(), file));
    }
    boolean root = self.isPresent() && self.getAsInt() == 0;
    if ((mode & WRITTEN_BY_OTHERS) != 0 || (root && group != 0 && (mode & WRITTEN_BY_GROUP) != 0)) {
      throw new IOException(
          "%s has mode %04o: other users may change it: chmod go-w %s"
              .formatted(file, mode & PERMISSIONS, file));
    }
  }

  /// The effective uid of this process (proc_pid_status(5)); empty where there is no /proc.
  static OptionalInt ownUid() throws IOException {
    if (!Files.exists(STATUS)) {
      return OptionalInt.empty();
    }
    try (var lines = Files.lines(STATUS)) {
      return lines
          .filter(line -> line.startsWith("Uid:"))
          .mapToInt(line -> Integer.parseInt(line.split("\\s+", -1)[2]))
          .findFirst();
    }
  }
}
