package io.halfsecond.streams.engine;

import io.halfsecond.schemas.AlertControl;
import io.halfsecond.schemas.Statement;
import io.halfsecond.schemas.Tier;
import io.halfsecond.streams.alert.OpenAlerts;
import io.halfsecond.streams.measurement.Reading;
import io.halfsecond.streams.telemetry.LivingCollectors;
import io.halfsecond.streams.telemetry.Telemetry;
import java.util.List;

/// Finds hosts under whose name two collectors send, as two cloned machines do. Their measurements
/// are one baseline then, and the one that lives hides that the other is dead; see
/// [LivingCollectors].
final class TwoCollectorsFinder implements Finder<Reading> {
  static final String RULE = "two-collectors";

  private final HostStates hosts;
  private final HostFacts facts;

  TwoCollectorsFinder(HostStates hosts, OpenAlerts alerts) {
    this.hosts = hosts;
    this.facts = new HostFacts(alerts, RULE, "two collectors send under this name", Tier.CREEP);
  }

  @Override
  public List<Output> take(Reading reading, long nowMillis) {
    if (!(reading.telemetry() instanceof Telemetry.Heartbeat)) {
      return List.of();
    }
    var host = reading.host();
    var collectors = hosts.get(host).collectors();
    if (!collectors.tookTurns()) {
      // As nearly always: no store needs to be asked whether something is over.
      return List.of();
    }
    var runs = collectors.runs();
    return runs.isEmpty()
        ? facts.over(host, reading.at())
        : facts.observed(
            host,
            reading.at(),
            runs.stream()
                .map(run -> new Statement("collector " + run, "sends heartbeats"))
                .toList());
  }

  @Override
  public boolean owns(String subject) {
    return facts.owns(subject);
  }

  @Override
  public List<Output> decide(AlertControl control) {
    return facts.decide(control);
  }
}
