package io.halfsecond.streams.processor;

import io.halfsecond.schemas.Signal;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// Evidence and baselines of the strata of one host. An instance keeps those of all of its hosts,
/// some ten strata each, so they are a list that is searched.
final class HostEvidence {
  private static final class Stratum {
    private final Signal signal;
    private final String name;
    private double ratio;
    private long connections;

    private Stratum(Signal signal, String name) {
      this.signal = signal;
      // The same few names on all hosts.
      this.name = name.intern();
    }
  }

  private final List<Stratum> strata = new ArrayList<>();

  /// @param ratio evidence divided by the limit
  /// @param connections in the baseline
  void set(Signal signal, String stratum, double ratio, long connections) {
    var known = stratum(signal, stratum);
    known.ratio = ratio;
    known.connections = connections;
  }

  private Stratum stratum(Signal signal, String name) {
    for (var known : strata) {
      if (known.signal == signal && known.name.equals(name)) {
        return known;
      }
    }
    var added = new Stratum(signal, name);
    strata.add(added);
    return added;
  }

  /// The largest of all strata; 0 if there is none.
  double largest() {
    double largest = 0;
    for (var known : strata) {
      largest = Math.max(largest, known.ratio);
    }
    return largest;
  }

  /// The largest of the strata of a signal; 0 if there is none.
  double largest(Signal signal) {
    double largest = 0;
    for (var known : strata) {
      largest = known.signal == signal ? Math.max(largest, known.ratio) : largest;
    }
    return largest;
  }

  /// In the baselines of all strata of a signal.
  long connections(Signal signal) {
    long sum = 0;
    for (var known : strata) {
      sum += known.signal == signal ? known.connections : 0;
    }
    return sum;
  }

  Set<Signal> signals() {
    var signals = EnumSet.noneOf(Signal.class);
    strata.forEach(known -> signals.add(known.signal));
    return signals;
  }
}
