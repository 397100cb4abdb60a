package io.halfsecond.schemas.auth;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;

/// Reads and writes every file that holds a secret.
///
/// **Guarantees** that a file is read only if no other user could have read or replaced its
/// content: it belongs to the user of this process or to root, and no one else has a permission on
/// it. Files in `$CREDENTIALS_DIRECTORY` are exempt: the service manager gives them to this service
/// alone, and where it does so by an access control list, their mode shows a group. So are those in
/// `/run/credentials`, for a command that root gives beside the service: they belong to the
/// service's user, and are mounted read-only. No message contains anything of the content.
public final class SecretFile {
  /// systemd.exec(5), `LoadCredential=`.
  private static final Path CREDENTIALS = Path.of("/run/credentials");

  private static final int OTHERS = 077;
  private static final int PERMISSIONS = 07777;

  private SecretFile() {}

  /// @throws IOException if the file cannot be read, or if others may read or change it; the
  ///   message names the file and, in that case, the command that mends it
  public static byte[] bytes(Path file) throws IOException {
    requirePrivate(file, System.getenv());
    return Files.readAllBytes(file);
  }

  /// The same as text, without white space around it.
  ///
  /// @throws IOException as [#bytes]
  public static String text(Path file) throws IOException {
    return new String(bytes(file), StandardCharsets.UTF_8).strip();
  }

  /// Writes a new file, readable by its owner only.
  ///
  /// @throws java.nio.file.FileAlreadyExistsException if there is such a file
  public static void create(Path file, byte[] content) throws IOException {
    OwnFile.create(file, content, true);
  }

  /// Writes a file, readable by its owner only, in place of one that may be there. A reader sees
  /// the old or the new content.
  public static void replace(Path file, byte[] content) throws IOException {
    var next = OwnFile.beside(file.toAbsolutePath());
    try {
      create(next, content);
      if (Files.exists(file)) {
        // The service that reads it must be able to read the next one too.
        Files.setAttribute(next, "unix:uid", Files.getAttribute(file, "unix:uid"));
        Files.setAttribute(next, "unix:gid", Files.getAttribute(file, "unix:gid"));
      }
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(next);
    }
  }

  static void requirePrivate(Path file, Map<String, String> environment) throws IOException {
    if (isCredential(file, environment)) {
      return;
    }
    var attributes = Files.readAttributes(file, "unix:uid,mode");
    if (!(attributes.get("uid") instanceof Integer owner)
        || !(attributes.get("mode") instanceof Integer mode)) {
      throw new IOException(file + ": its owner and permissions are not known");
    }
    var self = OwnFile.ownUid();
    if (owner != 0 && self.isPresent() && owner != self.getAsInt()) {
      throw new IOException(
          "%s belongs to uid %d, who may read and change it; a secret must belong to the user who reads it (uid %d) or to root: chown %d %s && chmod 600 %s"
              .formatted(file, owner, self.getAsInt(), self.getAsInt(), file, file));
    }
    if ((mode & OTHERS) != 0) {
      throw new IOException(
          "%s has mode %04o: other users may use it; a secret must be its owner's alone: chmod 600 %s"
              .formatted(file, mode & PERMISSIONS, file));
    }
  }

  private static boolean isCredential(Path file, Map<String, String> environment) {
    var path = file.toAbsolutePath().normalize();
    return path.startsWith(CREDENTIALS)
        || Optional.ofNullable(environment.get("CREDENTIALS_DIRECTORY"))
            .filter(directory -> !directory.isEmpty())
            .filter(directory -> path.startsWith(Path.of(directory).normalize()))
            .isPresent();
  }
}
