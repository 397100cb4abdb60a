package io.halfsecond.collector.inventory.elf;

import io.halfsecond.collector.inventory.host.ReadPacing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;

/// Finds the version text in libcrypto, which is followed by the date of the release
/// (OPENSSL_VERSION_TEXT, opensslv.h).
final class OpenSslVersion {
  private static final Pattern TEXT =
      Pattern.compile(
          "(OpenSSL \\d{1,3}\\.\\d{1,3}\\.\\d{1,3}[a-z]{0,2}) {1,2}\\d{1,2} [A-Z][a-z]{2} \\d{4}");

  /// Longer than the text.
  private static final int OVERLAP = 64;

  private OpenSslVersion() {}

  static Optional<String> in(RandomAccess bytes, ReadPacing pacing)
      throws IOException, InterruptedException {
    var buffer = ByteBuffer.allocate(ReadPacing.READ);
    for (long at = 0; at < bytes.size(); at += ReadPacing.READ - OVERLAP) {
      pacing.rest();
      bytes.read(at, buffer.clear());
      var found = TEXT.matcher(StandardCharsets.ISO_8859_1.decode(buffer.flip()));
      if (found.find()) {
        return Optional.of(found.group(1));
      }
    }
    return Optional.empty();
  }
}
