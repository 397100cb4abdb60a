package io.halfsecond.streams.engine;

import io.halfsecond.schemas.Alert;
import io.halfsecond.streams.alert.OpenAlerts;
import io.halfsecond.streams.cohort.PublishedProfiles;
import io.halfsecond.streams.detector.DetectorSettings;
import io.halfsecond.streams.gate.Trials;
import io.halfsecond.streams.measurement.Reading;
import io.halfsecond.streams.store.MapStore;
import java.util.List;
import java.util.stream.Stream;

/// An engine with its stores in memory, and what it says. Nothing that arrives counts as a repeat.
final class TestEngine {
  private TestEngine() {}

  /// @param more finders in addition to the engine's own
  static HostEngine of(OpenAlerts alerts, List<Finder<Reading>> more) {
    return of(HostStates.inMemory(), alerts, more);
  }

  /// With states that another engine has left.
  static HostEngine of(HostStates hosts, OpenAlerts alerts, List<Finder<Reading>> more) {
    return new HostEngine(
        DetectorSettings.defaults(),
        new HostEngine.HostStores(
            hosts,
            (_, _) -> false,
            new KeyStates(new MapStore(), 1),
            new Trials(new MapStore(), 1),
            new MapStore(),
            new MapStore(),
            alerts),
        new PublishedProfiles(),
        1,
        more);
  }

  /// The alert records among the outputs.
  static List<Alert> records(List<Output> outputs) {
    return outputs.stream()
        .flatMap(
            output ->
                output instanceof Output.Alerted(var change, _)
                    ? change.records().stream()
                    : Stream.of())
        .toList();
  }
}
