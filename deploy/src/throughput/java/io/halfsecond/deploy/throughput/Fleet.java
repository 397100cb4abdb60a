package io.halfsecond.deploy.throughput;

import io.halfsecond.deploy.simulation.Injection;
import io.halfsecond.deploy.simulation.InjectionText;
import io.halfsecond.deploy.simulation.Regime;
import io.halfsecond.deploy.simulation.Simulation;
import io.halfsecond.deploy.simulation.TelemetryProducer;
import io.halfsecond.schemas.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Hosts that each have a connection a minute, of which nothing but connections is sent.
///
/// @param hosts how many
/// @param cohortSize how many of them are comparable; 0 for none
/// @param connections of all of them, about
/// @param slow of each cohort, about so many get 300 ms slower for the last fifth: an incident
record Fleet(int hosts, int cohortSize, int connections, int slow) {
  /// Writes their records.
  ///
  /// @param end of the story
  /// @return how many records there are
  long send(String bootstrapServers, Topics topics, Instant end) {
    var length = Duration.ofMinutes(connections / hosts);
    var cohorts = cohortSize == 0 ? 0 : Math.ceilDiv(hosts, cohortSize);
    var fleet =
        new io.halfsecond.deploy.simulation.Fleet(
            hosts,
            1,
            cohorts,
            List.of(Regime.QUIET),
            1,
            end.minus(length),
            io.halfsecond.deploy.simulation.Fleet.Collectors.NONE,
            "web-");
    List<Injection> slowed =
        slow * cohorts == 0
            ? List.of()
            : List.of(
                InjectionText.parse(
                    "slow-library:hosts=%d,delay=300ms,at=%ds"
                        .formatted(slow * cohorts, length.toSeconds() * 4 / 5)));
    try (var producer = new TelemetryProducer(bootstrapServers, Map.of(), Optional.empty())) {
      new Simulation(fleet, slowed, topics, producer).stepUntil(end);
      producer.flush();
      return producer.records();
    }
  }
}
