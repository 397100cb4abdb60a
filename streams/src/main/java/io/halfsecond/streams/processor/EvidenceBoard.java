package io.halfsecond.streams.processor;

import io.halfsecond.schemas.Signal;
import io.halfsecond.streams.measurement.SignalKey;
import io.halfsecond.streams.measurement.Signals;
import io.halfsecond.streams.metric.Board;
import io.halfsecond.streams.metric.Meters;
import io.micrometer.core.instrument.Tags;
import java.util.HashMap;
import java.util.Map;
import java.util.function.DoubleConsumer;

/// Shows the largest evidence over all strata, and the size of all baselines, by host and signal.
final class EvidenceBoard implements AutoCloseable {
  private record HostSignal(String host, Signal signal) {}

  private record Stratum(double ratio, long connections) {}

  /// What is shown of a signal of a host.
  private record Shown(
      Map<String, Stratum> strata, DoubleConsumer ratio, DoubleConsumer connections) {}

  private final Board.Section board;
  private final Map<HostSignal, Shown> all = new HashMap<>();

  EvidenceBoard(Board.Section board) {
    this.board = board;
  }

  /// @param ratio evidence divided by the limit: an alert opens at 1
  /// @param connections number of connections in the baseline
  void show(SignalKey key, double ratio, long connections) {
    var shown = all.computeIfAbsent(new HostSignal(key.owner(), key.signal()), this::begin);
    shown.strata.put(key.stratum(), new Stratum(ratio, connections));
    double largest = 0;
    long sum = 0;
    for (var stratum : shown.strata.values()) {
      largest = Math.max(largest, stratum.ratio);
      sum += stratum.connections;
    }
    shown.ratio.accept(largest);
    shown.connections.accept((double) sum);
  }

  private Shown begin(HostSignal of) {
    var tags = Tags.of("host", of.host(), "signal", Signals.label(of.signal()));
    return new Shown(
        new HashMap<>(),
        board.often(Meters.EVIDENCE_RATIO, Meters.NO_UNIT, tags),
        board.often(Meters.BASELINE_CONNECTIONS, Meters.NO_UNIT, tags));
  }

  @Override
  public void close() {
    board.close();
    all.clear();
  }
}
