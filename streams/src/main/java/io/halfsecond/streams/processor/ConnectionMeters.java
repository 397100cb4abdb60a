package io.halfsecond.streams.processor;

import io.halfsecond.schemas.AuthTiming;
import io.halfsecond.schemas.Outcome;
import io.halfsecond.schemas.SourceNetwork;
import io.halfsecond.streams.metric.Meters;
import io.halfsecond.streams.telemetry.Witness;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/// Counts connections by cohort and by who saw them, and those from outside the expected networks.
///
/// **Guarantees** a bounded number of series, whatever names of cohorts the records have.
final class ConnectionMeters {
  static final int MOST_COHORTS = 100;

  /// No name of a cohort: these begin with a letter or a digit.
  static final String OTHERS = "(others)";

  private final MeterRegistry registry;
  private final Map<String, Map<Witness, Counter>> counters = new HashMap<>();
  private final Map<String, Map<Outcome, Counter>> outside = new HashMap<>();

  ConnectionMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  /// Counts a connection. Those of probes are not counted.
  void count(AuthTiming timing) {
    if (timing.getProbe().isPresent()) {
      return;
    }
    boolean hasRoom = counters.containsKey(timing.getCohort()) || counters.size() < MOST_COHORTS;
    var cohort = hasRoom ? timing.getCohort() : OTHERS;
    counters
        .computeIfAbsent(cohort, _ -> new EnumMap<>(Witness.class))
        .computeIfAbsent(Witness.of(timing), witness -> counter(cohort, witness))
        .increment();
    if (timing.getSourceNetwork() == SourceNetwork.OUTSIDE) {
      outside
          .computeIfAbsent(cohort, _ -> new EnumMap<>(Outcome.class))
          .computeIfAbsent(timing.getOutcome(), outcome -> counter(cohort, outcome))
          .increment();
    }
  }

  private Counter counter(String cohort, Outcome outcome) {
    var label = outcome.name().toLowerCase(Locale.ROOT).replace('_', '-');
    return Meters.CONNECTIONS_OUTSIDE.counter(
        registry, Tags.of("cohort", cohort, "outcome", label));
  }

  private Counter counter(String cohort, Witness witness) {
    return Meters.CONNECTIONS.counter(
        registry, Tags.of("cohort", cohort, "evidence", witness.evidence(), "gap", witness.gap()));
  }
}
