package io.halfsecond.streams.alert;

import io.halfsecond.streams.alert.Verdict.Subject;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;

/// Names of alerts: the same whenever the same telemetry is read.
public final class AlertIds {
  /// 128 bits: 32 hexadecimal digits.
  private static final int ID_BYTES = 16;

  private AlertIds() {}

  /// The first half of SHA-256 over the subject's text and the time at which the alert opened, in
  /// ISO 8601, each ended by a line feed, in hexadecimal. A key opens one alert at a time.
  public static String of(Subject subject, Instant openedAt) {
    return of(subject.text(), openedAt);
  }

  /// As above, of something else that opens one alert at a time.
  public static String of(String subject, Instant openedAt) {
    var text = "%s\n%s\n".formatted(subject, openedAt);
    try {
      var hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, ID_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
