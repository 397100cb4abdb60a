package io.halfsecond.deploy.push;

import io.halfsecond.schemas.auth.SecretFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Signs requests as Standard Webhooks 1.0 says, symmetric: HMAC-SHA256 over `id.timestamp.body`.
/// With several keys there are several signatures, so that a receiver can change its key at another
/// time than the sender.
public final class WebhookSignature {
  private static final String ALGORITHM = "HmacSHA256";
  private static final String PREFIX = "whsec_";

  /// The bounds of the specification.
  private static final int SHORTEST = 24;

  private static final int LONGEST = 64;

  private final List<byte[]> keys;

  private WebhookSignature(List<byte[]> keys) {
    this.keys = keys;
  }

  /// @param file a key a line: `whsec_` and 24 to 64 bytes in Base64
  /// @throws IOException if it cannot be read or has another content; the message names it and
  ///   shows nothing of it
  public static WebhookSignature read(Path file) throws IOException {
    var keys = new ArrayList<byte[]>();
    for (var line : SecretFile.text(file).lines().toList()) {
      keys.add(key(line.strip(), file));
    }
    if (keys.isEmpty()) {
      throw new IOException(file + " is empty");
    }
    return new WebhookSignature(keys);
  }

  private static byte[] key(String line, Path file) throws IOException {
    try {
      var key =
          line.startsWith(PREFIX)
              ? Base64.getDecoder().decode(line.substring(PREFIX.length()))
              : new byte[0];
      if (key.length >= SHORTEST && key.length <= LONGEST) {
        return key;
      }
    } catch (IllegalArgumentException _) {
      // Its message would show a character of the key.
    }
    throw new IOException(
        "%s: each line must be %s and %d to %d bytes in Base64"
            .formatted(file, PREFIX, SHORTEST, LONGEST));
  }

  /// The value of the header `webhook-signature`.
  public String of(String id, Instant timestamp, String body) {
    var signed =
        "%s.%d.%s".formatted(id, timestamp.getEpochSecond(), body).getBytes(StandardCharsets.UTF_8);
    return keys.stream()
        .map(key -> "v1," + Base64.getEncoder().encodeToString(mac(key, signed)))
        .collect(Collectors.joining(" "));
  }

  private static byte[] mac(byte[] key, byte[] signed) {
    try {
      var mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key, ALGORITHM));
      return mac.doFinal(signed);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no " + ALGORITHM, e);
    }
  }
}
