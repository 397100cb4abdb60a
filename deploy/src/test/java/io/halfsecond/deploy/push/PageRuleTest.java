package io.halfsecond.deploy.push;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PageRuleTest {
  private static final Path RULES = Path.of("prometheus/rules/halfsecond.yml");

  /// As with the default settings of the rules.
  @ParameterizedTest
  @EnumSource
  void should_be_a_rule_that_is_shipped_with_its_severity_and_its_wait(PageRule rule)
      throws IOException {
    var shipped =
        new YAMLMapper()
            .readTree(RULES.toFile())
            .path("groups")
            .valueStream()
            .flatMap(group -> group.path("rules").valueStream())
            .filter(each -> each.path("alert").asText().equals(rule.alertName()))
            .toList();

    assertThat(shipped)
        .singleElement()
        .satisfies(
            each -> {
              assertThat(each.path("labels").path("severity").asText()).isEqualTo(rule.severity());
              assertThat(waits(each)).isEqualTo(rule.waitSetting());
            });
  }

  private static String waits(JsonNode rule) {
    return rule.path("for").asText("0s");
  }

  @ParameterizedTest
  @CsvSource({
    "incident, startup,  all,             step,  object, INCIDENT",
    "incident, startup,  all,             creep, object, INCIDENT_CREPT",
    "incident, preauth,  all,             drift, cohort, INCIDENT_CREPT",
    "incident, evidence, log-silent,      step,  cohort, TAMPERING",
    "incident, evidence, deleted,         creep, cohort, TAMPERING_POSSIBLE",
    "incident, silence,  collector,       step,  cohort, COLLECTOR_SILENT",
    "host,     startup,  all,             step,  none,   SSHD_SHIFTED",
    "host,     startup,  all,             step,  restart,SSHD_SHIFTED",
    "host,     startup,  all,             step,  unknown,SSHD_SHIFTED",
    "host,     startup,  all,             step,  load,   SSHD_LOADED",
    "host,     startup,  all,             step,  object, SSHD_SHIFTED_ALONE",
    "host,     startup,  all,             creep, object, SSHD_CREPT",
    "host,     selftest, sshd/term-set,   step,  kernel, SSHD_SHIFTED_ALONE",
    "host,     evidence, log-silent,      step,  unknown,TAMPERING_ALONE",
    "host,     evidence, log-silent,      creep, unknown,TAMPERING_POSSIBLE",
    "host,     forged,   '',              step,  unknown,TELEMETRY_FORGED",
    "host,     two-collectors, '',        creep, unknown,TWO_COLLECTORS",
    "host,     silence,  collector,       step,  unknown,COLLECTOR_SILENT",
    "host,     silence,  restarts,        creep, unknown,COLLECTOR_RESTARTING",
    "host,     silence,  source/log,      creep, unknown,COLLECTOR_SOURCE_LOST",
    "host,     silence,  numbers,         creep, unknown,TELEMETRY_GAPS",
    "cohort,   startup,  all,             step,  cohort, COHORT_IN_INCIDENT"
  })
  void should_follow_from_the_labels(
      String scope, String signal, String stratum, String tier, String cause, PageRule rule) {
    var labels =
        Map.of(
            "scope",
            scope,
            "signal",
            signal,
            "stratum",
            stratum,
            "tier",
            tier,
            "cause",
            cause,
            "cohort",
            "debian-12-x86_64");

    assertThat(PageRule.of(labels)).contains(rule);
  }

  @Test
  void should_let_a_host_without_a_cohort_page_for_itself() {
    assertThat(
            PageRule.of(
                Map.of(
                    "scope", "host", "signal", "startup", "tier", "step", "cause", "object",
                    "cohort", "")))
        .contains(PageRule.SSHD_SHIFTED);
    assertThat(
            PageRule.of(
                Map.of(
                    "scope",
                    "host",
                    "signal",
                    "evidence",
                    "tier",
                    "step",
                    "cause",
                    "unknown",
                    "cohort",
                    "")))
        .contains(PageRule.TAMPERING);
  }

  @Test
  void should_know_nothing_of_an_alert_of_a_newer_version() {
    assertThat(PageRule.of(Map.of("scope", "unknown", "signal", "startup", "tier", "step")))
        .isEmpty();
    assertThat(PageRule.of(Map.of("scope", "host", "signal", "startup", "tier", "unknown")))
        .isEmpty();
    assertThat(
            PageRule.of(
                Map.of("scope", "host", "signal", "silence", "stratum", "new", "tier", "step")))
        .isEmpty();
  }
}
