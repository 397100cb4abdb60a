package io.halfsecond.streams;

import static io.halfsecond.streams.Given.MILLI;
import static io.halfsecond.streams.Given.START;
import static io.halfsecond.streams.Given.auth;
import static io.halfsecond.streams.Given.shift;
import static io.halfsecond.streams.Logins.inState;
import static io.halfsecond.streams.Logins.noisy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertScope;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.Decision;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Profiles and alerts of cohorts.
class CohortTopologyTest {
  @TempDir private Path stateDirectory;

  private static final int HOSTS = 6;

  /// One login on each host every four minutes.
  private static void logins(Harness harness, Duration from, Duration to, long shift) {
    for (var at = START.plus(from);
        at.isBefore(START.plus(to));
        at = at.plus(Duration.ofMinutes(4))) {
      for (int host = 0; host < HOSTS; host++) {
        long n = at.getEpochSecond() + host;
        harness.send(
            auth(n, at.plusSeconds(40L * host))
                .setHost("web-" + host)
                .setCohort("debian-12")
                .setSequence(n)
                .setStartupNanos(noisy(8 + host, new SplittableRandom(n)) + shift)
                .clearStartupCpuNanos()
                .clearPreauthNanos()
                .clearPreauthCpuNanos());
      }
    }
  }

  @Test
  void should_publish_profiles_and_alert_on_the_cohort() {
    try (var harness = new Harness(stateDirectory)) {
      // given
      logins(harness, Duration.ZERO, Duration.ofHours(26), 0);
      assertThat(harness.alerts()).isEmpty();

      // when
      logins(harness, Duration.ofHours(26), Duration.ofHours(28), 100 * MILLI);

      // then
      var profiles = harness.profiles();
      assertThat(profiles)
          .hasSizeGreaterThan(2)
          .allSatisfy(
              profile -> {
                assertThat(profile.getCohort()).isEqualTo("debian-12");
                assertThat(profile.getHosts()).isEqualTo(HOSTS);
              });
      var opened = inState(harness.alerts(), AlertState.OPENED);
      assertThat(opened).extracting(Alert::getHost).contains("", "web-0", "web-5");
      assertThat(opened)
          .filteredOn(alert -> alert.getScope() == AlertScope.INCIDENT)
          .singleElement()
          .satisfies(
              alert -> assertThat(alert.getSummary()).startsWith("all hosts of debian-12: "));
      assertThat(opened)
          .filteredOn(alert -> alert.getScope() == AlertScope.COHORT)
          .singleElement()
          .satisfies(
              alert -> {
                assertThat(alert.getCohort()).isEqualTo("debian-12");
                assertThat(shift(alert).getBefore().getP50())
                    .isCloseTo(10.0 * MILLI, within(1.0 * MILLI));
                assertThat(alert.getSummary())
                    .startsWith("all hosts of debian-12: sshd startup of all/wall");
                harness.decide(alert, Decision.ACCEPT, "new servers");
              });
      assertThat(harness.alerts())
          .filteredOn(alert -> alert.getScope() == AlertScope.COHORT)
          .singleElement()
          .satisfies(alert -> assertThat(alert.getState()).isEqualTo(AlertState.ACKNOWLEDGED));
      assertThat(harness.scraped("halfsecond_alert_decisions_total{result=\"applied\"}"))
          .isEqualTo(1);
    }
  }
}
