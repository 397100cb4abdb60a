package io.halfsecond.collector.inventory;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;

/// Finds what libcrypto calls itself in its text, with the date of the release after it
/// (OPENSSL_VERSION_TEXT, opensslv.h).
final class OpenSslVersion {
  private static final Pattern TEXT =
      Pattern.compile(
          "(OpenSSL \\d{1,3}\\.\\d{1,3}\\.\\d{1,3}[a-z]{0,2}) {1,2}\\d{1,2} [A-Z][a-z]{2} \\d{4}");

  /// Longer than the text.
  private static final int OVERLAP = 64;

  private OpenSslVersion() {}

  static Optional<String> in(RandomAccess bytes, Pace pace)
      throws IOException, InterruptedException {
    var buffer = ByteBuffer.allocate(Pace.READ);
    for (long at = 0; at < bytes.size(); at += Pace.READ - OVERLAP) {
      pace.rest();
      bytes.read(at, buffer.clear());
      var found = TEXT.matcher(StandardCharsets.ISO_8859_1.decode(buffer.flip()));
      if (found.find()) {
        return Optional.of(found.group(1));
      }
    }
    return Optional.empty();
  }
}
