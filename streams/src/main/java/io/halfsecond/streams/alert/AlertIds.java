package io.halfsecond.streams.alert;

import io.halfsecond.schemas.Sha256;
import java.time.Instant;

/// Ids of alerts. The same telemetry gives the same ids.
public final class AlertIds {
  /// 128 bits: 32 hexadecimal digits.
  private static final int ID_DIGITS = 32;

  private AlertIds() {}

  /// The first half of SHA-256 over the text and the time at which the alert opened, in ISO 8601,
  /// each followed by a line feed, in hexadecimal.
  ///
  /// @param text of the [Subject], or another text that has one open alert at a time
  public static String of(String text, Instant openedAt) {
    return Sha256.hex("%s\n%s\n".formatted(text, openedAt)).substring(0, ID_DIGITS);
  }
}
