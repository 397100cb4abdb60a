package io.halfsecond.streams.measurement;

import io.halfsecond.schemas.Signal;

/// What one baseline is kept for.
///
/// @param host without a slash
public record SignalKey(String host, Signal signal, String stratum) {

  /// What the texts of all keys of a host start with, and of no other host.
  public static String prefix(String host) {
    return host + "/";
  }

  /// `host/signal/stratum`, for example `web-17/preauth/publickey/failed`.
  public String text() {
    return prefix(host) + Signals.label(signal) + "/" + stratum;
  }

  /// @throws IllegalArgumentException if the text is not one that [#text()] gives
  public static SignalKey parse(String text) {
    int first = text.indexOf('/');
    int second = text.indexOf('/', first + 1);
    if (first < 0 || second < 0) {
      throw new IllegalArgumentException("not host/signal/stratum: " + text);
    }
    return new SignalKey(text.substring(0, first), Signals.labelled(text.substring(first + 1, second)),
      text.substring(second + 1));
  }
}
