package io.halfsecond.deploy.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.halfsecond.deploy.terminal.Causes;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/// Checks that a Prometheus scrapes Halfsecond, evaluates its rules and sends their alerts on (HTTP
/// API v1). Changes nothing.
public final class PrometheusChecks {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TOPOLOGY = "halfsecond-topology";
  private static final String COLLECTOR = "halfsecond-collector";
  private static final String PUSH = "halfsecond-push";
  private static final String RULE = "Halfsecond";

  private final URI prometheus;

  /// @param prometheus `http://HOST:PORT`
  public PrometheusChecks(URI prometheus) {
    this.prometheus = prometheus;
  }

  public List<Finding> run() throws InterruptedException {
    try {
      var findings = new ArrayList<Finding>();
      findings.add(Finding.ok("Prometheus: " + prometheus));
      var targets =
          read("/api/v1/targets?state=active").path("activeTargets").valueStream().toList();
      findings.add(
          scraped(
              targets,
              TOPOLOGY,
              Finding.fail(
                  "Prometheus: scrapes no job " + TOPOLOGY,
                  "no alert becomes a page, and the dashboards are empty",
                  "add the job as in deploy/prometheus/prometheus.yml")));
      findings.add(
          scraped(
              targets,
              COLLECTOR,
              Finding.warn(
                  "Prometheus: scrapes no job " + COLLECTOR,
                  "rules about a collector's own sources have no data",
                  "add the hosts to targets/collectors.yml")));
      findings.add(
          scraped(
              targets,
              PUSH,
              Finding.ok(
                  "Prometheus: scrapes no job %s, which is right where halfsecond push does not run"
                      .formatted(PUSH))));
      findings.add(rules(read("/api/v1/rules")));
      findings.add(alertmanagers(read("/api/v1/alertmanagers")));
      return findings;
    } catch (IOException e) {
      return List.of(
          Finding.fail(
              "Prometheus: %s: %s".formatted(prometheus, Causes.reason(e)),
              "without it there are no pages and no dashboards",
              "start it, or name it with --prometheus"));
    }
  }

  private JsonNode read(String path) throws IOException, InterruptedException {
    var answer = Http.get(prometheus.resolve(path));
    if (answer.status() != 200) {
      throw new IOException("%s answers with status %d".formatted(path, answer.status()));
    }
    return JSON.readTree(answer.body()).path("data");
  }

  static Finding scraped(List<JsonNode> targets, String job, Finding none) {
    var mine =
        targets.stream()
            .filter(target -> target.path("labels").path("job").asText().equals(job))
            .toList();
    var down =
        mine.stream().filter(target -> target.path("health").asText().equals("down")).toList();
    if (mine.isEmpty()) {
      return none;
    }
    return down.isEmpty()
        ? Finding.ok("Prometheus: scrapes %d of job %s".formatted(mine.size(), job))
        : Finding.fail(
            "Prometheus: %d of %d targets of job %s are down, such as %s: %s"
                .formatted(
                    down.size(),
                    mine.size(),
                    job,
                    down.getFirst().path("scrapeUrl").asText(),
                    down.getFirst().path("lastError").asText()),
            "what it shows of them is old or missing",
            "start what should answer there, or mend the address in the scrape configuration");
  }

  static Finding rules(JsonNode data) {
    var rules =
        data.path("groups")
            .valueStream()
            .flatMap(group -> group.path("rules").valueStream())
            .filter(rule -> rule.path("name").asText().startsWith(RULE))
            .toList();
    var broken = rules.stream().filter(rule -> rule.path("health").asText().equals("err")).toList();
    if (rules.isEmpty()) {
      return Finding.fail(
          "Prometheus: has no rules of Halfsecond",
          "no alert becomes a page",
          "add deploy/prometheus/rules/halfsecond.yml to rule_files, then reload it");
    }
    return broken.isEmpty()
        ? Finding.ok("Prometheus: evaluates %d rules".formatted(rules.size()))
        : Finding.fail(
            "Prometheus: rule %s fails: %s"
                .formatted(
                    broken.getFirst().path("name").asText(),
                    broken.getFirst().path("lastError").asText()),
            "what it should tell is not told",
            "use the rules of this version");
  }

  static Finding alertmanagers(JsonNode data) {
    int active = data.path("activeAlertmanagers").size();
    return active > 0
        ? Finding.ok("Prometheus: sends alerts to %d Alertmanagers".formatted(active))
        : Finding.warn(
            "Prometheus: knows no Alertmanager",
            "nobody is paged",
            "add one to alerting in its configuration, as in deploy/prometheus/prometheus.yml");
  }
}
