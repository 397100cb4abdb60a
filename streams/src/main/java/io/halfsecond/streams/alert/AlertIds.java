package io.halfsecond.streams.alert;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.Sha256;
import java.time.Instant;

/// Ids of alerts. The same telemetry gives the same ids.
public final class AlertIds {
  /// 128 bits: 32 hexadecimal digits.
  private static final int ID_DIGITS = 32;

  /// 32 bits: among a thousand alerts, one chance in 8,600 that two start alike. `halfsecond ack`
  /// reports that.
  private static final int SHORT_DIGITS = 8;

  private AlertIds() {}

  /// The first digits of an alert's id, by which a person names it.
  public static String shortId(Alert alert) {
    return alert.getAlertId().substring(0, Math.min(SHORT_DIGITS, alert.getAlertId().length()));
  }

  /// The first half of SHA-256 over the text and the time at which the alert opened, in ISO 8601,
  /// each followed by a line feed, in hexadecimal.
  ///
  /// @param text of the [Subject], or another text that has one open alert at a time
  public static String of(String text, Instant openedAt) {
    return Sha256.hex("%s\n%s\n".formatted(text, openedAt)).substring(0, ID_DIGITS);
  }
}
