package io.halfsecond.streams.engine;

import io.halfsecond.streams.measurement.Signals;
import io.halfsecond.streams.selftest.SelfTestSubject;
import java.util.List;
import java.util.stream.Stream;

/// The signals that an alert can be about, as [io.halfsecond.streams.alert.FindingView#signal]
/// gives them.
public final class AlertSignals {
  private AlertSignals() {}

  /// All that this version knows: those that are measured, then the other findings.
  public static List<String> all() {
    return Stream.concat(
            Signals.all().stream().map(Signals.Row::label),
            Stream.of(
                beforeSlash(SelfTestSubject.PREFIX),
                beforeSlash(TamperFinder.PREFIX),
                SilenceFinder.RULE,
                ForgedFinder.RULE,
                TwoCollectorsFinder.RULE))
        .toList();
  }

  private static String beforeSlash(String prefix) {
    return prefix.substring(0, prefix.indexOf('/'));
  }
}
