package io.halfsecond.streams.measurement;

import io.halfsecond.schemas.Signal;

/// Identifies a baseline.
///
/// @param owner a host or a cohort; without a slash
public record SignalKey(String owner, Signal signal, String stratum) {

  /// Prefix of the texts of the keys of this owner only.
  public static String prefix(String owner) {
    return owner + "/";
  }

  /// `owner/signal/stratum`, for example `web-17/preauth/publickey/failed`.
  public String text() {
    return prefix(owner) + subject();
  }

  /// `signal/stratum`, for example `preauth/publickey/failed`: the subject of an alert on this key.
  public String subject() {
    return Signals.label(signal) + "/" + stratum;
  }

  /// Whether this version judges the signal of a key. A newer one may have stored others before a
  /// downgrade.
  ///
  /// @param text as [#text()] gives it
  public static boolean isJudged(String text) {
    int first = text.indexOf('/');
    int second = text.indexOf('/', first + 1);
    return first >= 0 && second >= 0 && Signals.find(text.substring(first + 1, second)).isPresent();
  }

  /// @throws IllegalArgumentException if the text is not one that [#text()] gives
  public static SignalKey parse(String text) {
    int first = text.indexOf('/');
    int second = text.indexOf('/', first + 1);
    if (first < 0 || second < 0) {
      throw new IllegalArgumentException("not owner/signal/stratum: " + text);
    }
    return new SignalKey(
        text.substring(0, first),
        Signals.labelled(text.substring(first + 1, second)),
        text.substring(second + 1));
  }
}
