package io.halfsecond.streams.processor;

import io.halfsecond.schemas.Signal;
import io.halfsecond.streams.measurement.SignalKey;
import io.halfsecond.streams.measurement.Signals;
import io.halfsecond.streams.metric.Board;
import io.halfsecond.streams.metric.Meters;
import io.micrometer.core.instrument.Tags;
import java.util.HashMap;
import java.util.Map;

/// Shows the largest evidence over all strata, and the size of all baselines, by host and signal.
final class EvidenceBoard implements AutoCloseable {
  private record HostSignal(String host, Signal signal) {}

  private record Stratum(double ratio, long connections) {}

  private final Board.Section board;
  private final Map<HostSignal, Map<String, Stratum>> strata = new HashMap<>();

  EvidenceBoard(Board.Section board) {
    this.board = board;
  }

  /// @param ratio evidence divided by the limit: an alert opens at 1
  /// @param connections number of connections in the baseline
  void show(SignalKey key, double ratio, long connections) {
    var all =
        strata.computeIfAbsent(new HostSignal(key.owner(), key.signal()), _ -> new HashMap<>());
    all.put(key.stratum(), new Stratum(ratio, connections));
    var tags = Tags.of("host", key.owner(), "signal", Signals.label(key.signal()));
    board.gauge(
        Meters.EVIDENCE_RATIO,
        Meters.NO_UNIT,
        tags,
        all.values().stream().mapToDouble(Stratum::ratio).max().orElse(0));
    board.gauge(
        Meters.BASELINE_CONNECTIONS,
        Meters.NO_UNIT,
        tags,
        (double) all.values().stream().mapToLong(Stratum::connections).sum());
  }

  @Override
  public void close() {
    board.close();
  }
}
