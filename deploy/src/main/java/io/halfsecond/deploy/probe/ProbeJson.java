package io.halfsecond.deploy.probe;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.halfsecond.collector.selftest.SelfTestResult;
import io.halfsecond.schemas.Printable;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/// Probe and self-test as one line of JSON: durations in nanoseconds, names of phases, outcomes and
/// environments in upper case as in the records.
public final class ProbeJson {
  private ProbeJson() {}

  public static String of(ProbeSummary summary, List<SelfTestResult> selfTest) {
    var json = JsonNodeFactory.instance.objectNode();
    json.put("target", summary.target())
        .put("server", summary.server().orElse(null))
        .put("probes", summary.count())
        .put("finding", summary.finding() || selfTest.stream().anyMatch(SelfTestResult::differs));
    var outcomes = json.putObject("outcomes");
    new TreeMap<>(summary.outcomes())
        .forEach((outcome, count) -> outcomes.put(outcome.name(), count));
    var phases = json.putObject("phases");
    new TreeMap<>(summary.phases())
        .forEach(
            (phase, times) ->
                phases
                    .putObject(phase.name())
                    .put("count", times.count())
                    .put("minimum", times.minimum())
                    .put("median", times.median())
                    .put("p95", times.p95()));
    summary.detail().ifPresent(detail -> json.put("detail", detail));
    var tests = json.putArray("selfTest");
    for (var result : selfTest) {
      var test =
          tests
              .addObject()
              .put("program", result.trial().program().toString())
              .put("environment", result.environment().name())
              .put("runs", result.runs())
              .put("pValue", result.pValue())
              .put("differs", result.differs());
      result.trial().arguments().forEach(test.withArray("arguments")::add);
      for (var comparison : result.comparisons()) {
        test.putObject(comparison.measure().name().toLowerCase(Locale.ROOT))
            .put("service", comparison.usual())
            .put("other", comparison.other())
            .put("pValue", comparison.pValue());
      }
    }
    return Printable.json(json.toString());
  }
}
