package io.halfsecond.deploy.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.halfsecond.collector.CollectorSettings.HostIdentity;
import io.halfsecond.collector.inventory.OsRelease;
import io.halfsecond.deploy.config.Catalogue;
import io.halfsecond.deploy.config.Configuration;
import io.halfsecond.deploy.config.ConfigurationException;
import io.halfsecond.schemas.AuthTiming;
import io.halfsecond.streams.telemetry.Checks;
import io.halfsecond.streams.telemetry.InsaneRecordException;
import io.halfsecond.streams.telemetry.Telemetry;
import io.halfsecond.streams.telemetry.TimeBounds;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CohortTest {
  private static final String DEBIAN =
      """
      PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
      VERSION_ID="12"
      VERSION="12 (bookworm)"
      ID=debian
      """;

  @Test
  void should_name_system_version_and_machine() {
    assertThat(Cohort.of(OsRelease.parse(DEBIAN), "amd64")).isEqualTo("debian-12-x86_64");
    assertThat(Cohort.of(OsRelease.parse("ID='opensuse-leap'\nVERSION_ID='15.6'\n"), "aarch64"))
        .isEqualTo("opensuse-leap-15.6-aarch64");
  }

  @Test
  void should_leave_out_a_version_that_there_is_not() {
    assertThat(Cohort.of(OsRelease.parse("ID=arch\nBUILD_ID=rolling\n"), "amd64"))
        .isEqualTo("arch-x86_64");
  }

  @Test
  void should_be_empty_when_the_host_does_not_say_what_it_is() {
    assertThat(Cohort.of(_ -> Optional.empty())).isEmpty();
    assertThat(Cohort.of(OsRelease.parse("NAME=Linux\nID=\"not / a name\"\n"), "amd64")).isEmpty();
  }

  @Test
  void should_look_where_the_vendor_puts_it_when_there_is_none_in_etc() {
    assertThat(
            Cohort.of(file -> Optional.of(DEBIAN).filter(_ -> file.equals("/usr/lib/os-release"))))
        .startsWith("debian-12-");
  }

  @ParameterizedTest
  @ValueSource(strings = {"debian-12-x86_64", "a", "eu:web+db.prod-1_2"})
  void should_be_a_name_that_configuration_collector_and_topology_take(String name) {
    assertThat(
            Configuration.load(Optional.empty(), Map.of(), Map.of("collector.cohort", name))
                .get(Catalogue.COHORT))
        .contains(name);
    assertThat(new HostIdentity("web-17", name).cohort()).isEqualTo(name);
    assertThatCode(() -> check(name)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-debian", "web servers", "a/b", "größe"})
  void should_be_refused_by_all_of_them_when_it_is_no_name(String name) {
    assertThatThrownBy(
            () -> Configuration.load(Optional.empty(), Map.of(), Map.of("collector.cohort", name)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("collector.cohort");
    assertThatThrownBy(() -> new HostIdentity("web-17", name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(name);
    assertThatThrownBy(() -> check(name)).isInstanceOf(InsaneRecordException.class);
  }

  private static void check(String cohort) {
    var at = Instant.parse("2026-03-29T12:00:00Z");
    var timing =
        AuthTiming.newBuilder()
            .setId("0".repeat(32))
            .setHost("web-17")
            .setCollector("run")
            .setSequence(0)
            .setConnectedAt(at)
            .setDecidedAt(at)
            .setMonitorPid(1)
            .setCohort(cohort)
            .build();
    Checks.check("web-17", new Telemetry.Authentication(timing), TimeBounds.defaults(), at);
  }
}
