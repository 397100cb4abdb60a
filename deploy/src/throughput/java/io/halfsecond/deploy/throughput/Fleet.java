package io.halfsecond.deploy.throughput;

import io.halfsecond.deploy.ops.SyntheticHost;
import io.halfsecond.deploy.ops.TelemetrySender;
import io.halfsecond.schemas.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// Hosts that each have a connection a minute, one after the other, as a fleet sends.
///
/// @param hosts how many
/// @param cohortSize how many of them are comparable; 0 for none
/// @param connections of all of them
/// @param slow of each cohort, so many get 300 ms slower for the last fifth: an incident
record Fleet(int hosts, int cohortSize, int connections, int slow) {
  private static final Duration SLOWED = SyntheticHost.USUAL_STARTUP.plusMillis(300);

  int records() {
    return 2 * connections;
  }

  /// @param end of the story
  void send(String bootstrapServers, Topics topics, Instant end) {
    List<SyntheticHost> all = new ArrayList<>();
    for (int n = 0; n < hosts; n++) {
      var cohort = cohortSize == 0 ? "" : "cohort-" + n / cohortSize;
      all.add(new SyntheticHost("web-%05d".formatted(n), cohort, n));
    }
    int rounds = connections / hosts;
    var begin = end.minus(Duration.ofMinutes(rounds));
    try (var sender = new TelemetrySender(bootstrapServers, topics)) {
      for (int round = 0; round < rounds; round++) {
        for (int n = 0; n < hosts; n++) {
          var at =
              begin.plus(Duration.ofMinutes(round)).plusMillis(60_000L * n / Math.max(1, hosts));
          boolean late = cohortSize > 0 && n % cohortSize < slow && round >= rounds * 4 / 5;
          sender.send(all.get(n).connection(at, late ? SLOWED : SyntheticHost.USUAL_STARTUP));
        }
        sender.flush();
      }
    }
  }
}
