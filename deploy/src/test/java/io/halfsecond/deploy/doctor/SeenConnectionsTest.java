package io.halfsecond.deploy.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SeenConnectionsTest {
  private static final String METRICS =
      """
      # HELP halfsecond_connections_total Connections of clients
      # TYPE halfsecond_connections_total counter
      halfsecond_connections_total{cohort="a",evidence="kernel-and-log",gap="none"} 900.0
      halfsecond_connections_total{cohort="b",evidence="kernel-and-log",gap="none"} 1.08E+2
      halfsecond_connections_total{cohort="a",evidence="kernel",gap="no-login"} 40.0
      halfsecond_connections_total{cohort="a",evidence="kernel",gap="unexplained"} %s
      halfsecond_hosts 3.0
      """;

  @Test
  void should_account_for_all_connections() {
    assertThat(SeenConnections.of(METRICS.formatted("2.0")).finding())
        .contains(
            Finding.ok(
                "topology: 1,050 connections: 1,008 by kernel and log, 40 by the kernel alone,"
                    + " without a login, 2 logins by the kernel alone"));
  }

  @Test
  void should_warn_when_the_log_lacks_more_than_a_few_logins() {
    assertThat(SeenConnections.of(METRICS.formatted("300.0")).finding())
        .hasValueSatisfying(finding -> assertThat(finding.level()).isEqualTo(Finding.Level.WARN));
  }

  @Test
  void should_say_nothing_when_there_are_no_connections() {
    assertThat(SeenConnections.of("halfsecond_hosts 3.0\n").finding()).isEmpty();
  }
}
