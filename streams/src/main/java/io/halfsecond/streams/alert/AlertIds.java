package io.halfsecond.streams.alert;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;

/// Ids of alerts. The same telemetry gives the same ids.
public final class AlertIds {
  /// 128 bits: 32 hexadecimal digits.
  private static final int ID_BYTES = 16;

  private AlertIds() {}

  /// The first half of SHA-256 over the text and the time at which the alert opened, in ISO 8601,
  /// each followed by a line feed, in hexadecimal.
  ///
  /// @param text of the [Subject], or another text that has one open alert at a time
  public static String of(String text, Instant openedAt) {
    try {
      var bytes = "%s\n%s\n".formatted(text, openedAt).getBytes(StandardCharsets.UTF_8);
      var hash = MessageDigest.getInstance("SHA-256").digest(bytes);
      return HexFormat.of().formatHex(hash, 0, ID_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
