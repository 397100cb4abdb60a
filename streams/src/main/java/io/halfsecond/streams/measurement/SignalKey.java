package io.halfsecond.streams.measurement;

import io.halfsecond.schemas.Signal;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/// Identifies a baseline.
public final class SignalKey {
  /// Orders by [#text()].
  public static final Comparator<SignalKey> BY_TEXT = Comparator.comparing(SignalKey::text);

  private final String owner;
  private final Signal signal;
  private final String stratum;

  /// Made when first needed.
  private @Nullable String text;

  /// @param owner a host or a cohort; without a slash
  public SignalKey(String owner, Signal signal, String stratum) {
    this.owner = owner;
    this.signal = signal;
    this.stratum = stratum;
  }

  public String owner() {
    return owner;
  }

  public Signal signal() {
    return signal;
  }

  public String stratum() {
    return stratum;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SignalKey key
        && signal == key.signal
        && stratum.equals(key.stratum)
        && owner.equals(key.owner);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * owner.hashCode() + stratum.hashCode()) + signal.hashCode();
  }

  @Override
  public String toString() {
    return text();
  }

  /// Prefix of the texts of the keys of this owner only.
  public static String prefix(String owner) {
    return owner + "/";
  }

  /// `owner/signal/stratum`, for example `web-17/preauth/publickey/failed`.
  public String text() {
    var known = text;
    if (known == null) {
      known = prefix(owner) + subject();
      text = known;
    }
    return known;
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
