package io.halfsecond.streams.gate;

import io.halfsecond.schemas.Signal;
import io.halfsecond.streams.measurement.Signals;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// Whether logins are slower than they were by more than so much.
///
/// @param signals that are asked about
/// @param withinNanos a slowdown up to it does not matter; 0 if any does
/// @param confidence of either answer, for example 0.99
public record GateQuestion(Set<Signal> signals, double withinNanos, double confidence) {
  public GateQuestion {
    if (!(withinNanos >= 0 && withinNanos <= 1e18)) {
      throw new IllegalArgumentException(
          "the slowdown that does not matter must be 0 to 10¹⁸ ns, not " + withinNanos);
    }
    if (!(confidence >= 0.5 && confidence < 1)) {
      throw new IllegalArgumentException(
          "the confidence must be from 50 %% to below 100 %%, not %s %%"
              .formatted(100 * confidence));
    }
    signals = Set.copyOf(signals);
    if (signals.isEmpty() || !possible().containsAll(signals)) {
      throw new IllegalArgumentException("only times can be asked about: " + signals);
    }
  }

  /// About all times that are measured.
  public static GateQuestion ofAll(double withinNanos, double confidence) {
    return new GateQuestion(possible(), withinNanos, confidence);
  }

  /// The signals that can be asked about: times, and no counts.
  public static Set<Signal> possible() {
    var times = EnumSet.noneOf(Signal.class);
    Signals.all().stream().map(Signals.Row::signal).filter(Trial::takes).forEach(times::add);
    return times;
  }

  /// The signals in the order in which they are shown.
  List<Signal> inOrder() {
    return signals.stream().sorted().toList();
  }

  /// The logarithm of the e-value at which a claim about one signal is made.
  double logLimit() {
    return -Math.log1p(-confidence);
  }
}
