package io.halfsecond.deploy.api;

import io.halfsecond.schemas.auth.SecretFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Pattern;

/// The file with the token of the API: one line.
final class ApiToken {
  private static final int BYTES = 32;

  /// What a header can carry (RFC 6750, b64token).
  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/=-]{16,1024}");

  private ApiToken() {}

  /// @throws IOException if it cannot be read or holds something else; the message names the file,
  ///   and nothing of the content
  static String read(Path file) throws IOException {
    var token = SecretFile.text(file);
    if (!TOKEN.matcher(token).matches()) {
      throw new IOException(
          file
              + " holds no token: one line of 16 to 1,024 letters, digits and ._~+/=- is one;"
              + " without the file, the topology makes one");
    }
    return token;
  }

  /// The token in the file, which is made if there is none.
  ///
  /// @throws IOException as above, or if it cannot be made
  static String readOrMake(Path file) throws IOException {
    if (Files.notExists(file)) {
      var random = new byte[BYTES];
      new SecureRandom().nextBytes(random);
      var made = Base64.getUrlEncoder().withoutPadding().encodeToString(random) + "\n";
      try {
        SecretFile.create(file, made.getBytes(StandardCharsets.US_ASCII));
      } catch (FileAlreadyExistsException _) {
        // Another instance on this machine has made it meanwhile.
      }
    }
    return read(file);
  }
}
