package io.halfsecond.streams.benchmark;

import io.halfsecond.streams.histogram.Bins;
import io.halfsecond.streams.simulation.Alternative;
import io.halfsecond.streams.simulation.Model;
import io.halfsecond.streams.simulation.Models;
import io.halfsecond.streams.simulation.SignalChange;
import java.util.List;

/// A signal and what happens to it.
record Case(String name, Model before, SignalChange change, Bins bins) {
  static final Case HALF_SECOND = auth(new SignalChange.Delay(500));
  static final Case FIFTY_MILLIS = auth(new SignalChange.Delay(50));
  static final Case FIVE_PERCENT = auth(new SignalChange.Factor(1.05));
  static final Case TEN_PERCENT = auth(new SignalChange.Factor(1.10));
  static final Case SOME_SESSIONS = auth(new SignalChange.DelayOfSome(0.02, 500));
  static final Case WIDER = auth(new SignalChange.Spread(1.3));
  static final Case CPU = new Case("CPU ×10", Models.CPU, new SignalChange.Factor(10), Bins.WIDE);
  static final Case PROBE =
      new Case("probe +5 ms", Models.PROBE, new SignalChange.Delay(5), Bins.NARROW);

  static final List<Case> ALL =
      List.of(
          HALF_SECOND, FIFTY_MILLIS, FIVE_PERCENT, TEN_PERCENT, SOME_SESSIONS, WIDER, CPU, PROBE);

  private static Case auth(SignalChange change) {
    return new Case(change.toString(), Models.AUTH, change, Bins.WIDE);
  }

  Model after() {
    return change.of(before);
  }

  Alternative alternative() {
    return new Alternative(before, after());
  }
}
