package io.halfsecond.deploy.alerts;

import static io.halfsecond.deploy.alerts.Given.incident;
import static io.halfsecond.deploy.alerts.Given.startup;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertScope;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.Tier;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// On an alert of each kind.
class AlertFilterTest {
  private final Alert shift = startup("01").build();
  private final Alert selfTest = Given.selfTest("02").setHost("db-01").setCohort("").build();
  private final Alert evidence =
      Given.contradiction("03", "evidence/log-silent").setHost("web-18").build();
  private final Alert ofHosts =
      incident("04", Map.of("web-17", List.of("01"), "web-19", List.of("05")))
          .setState(AlertState.CONFIRMED)
          .build();
  private final Alert ofCohort =
      startup("06")
          .setScope(AlertScope.COHORT)
          .setHost("")
          .setCohort("fedora-41-x86_64")
          .setSubject("preauth/publickey/failed")
          .setTier(Tier.CREEP)
          .build();

  @Test
  void should_let_all_pass_without_values() {
    assertThat(passing(AlertFilter.ALL))
        .containsExactly(shift, selfTest, evidence, ofHosts, ofCohort);
  }

  @Test
  void should_find_a_host_also_in_the_incident_that_it_is_in() {
    assertThat(passing(hosts("web-17"))).containsExactly(shift, ofHosts);
    assertThat(passing(hosts("web-19"))).containsExactly(ofHosts);
    assertThat(passing(hosts("web-1"))).isEmpty();
    assertThat(passing(hosts("db-*", "web-?8"))).containsExactly(selfTest, evidence);
    assertThat(passing(hosts("*"))).containsExactly(shift, selfTest, evidence, ofHosts);
  }

  @Test
  void should_take_the_other_characters_of_a_pattern_as_they_are() {
    assertThat(NamePattern.parse("a.b").matches("axb")).isFalse();
    assertThat(NamePattern.parse("a+b").matches("aab")).isFalse();
    assertThat(NamePattern.parse("2001:db8::*").matches("2001:db8::1")).isTrue();
    assertThat(NamePattern.parse("**7").matches("web-17")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "web 17", "web/17", "[a-z]", "web-17,web-18", "ä"})
  void should_refuse_what_no_name_matches(String text) {
    assertThatThrownBy(() -> NamePattern.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'%s' matches no name".formatted(text));
  }

  @Test
  void should_find_a_cohort_with_its_hosts_and_incidents() {
    assertThat(passing(filter(List.of(), patterns("debian-*"), Set.of(), Set.of(), Set.of())))
        .containsExactly(shift, evidence, ofHosts);
    assertThat(
            passing(filter(List.of(), patterns("fedora-41-x86_64"), Set.of(), Set.of(), Set.of())))
        .containsExactly(ofCohort);
  }

  @Test
  void should_find_a_signal_whatever_its_stratum() {
    assertThat(passing(filter(List.of(), List.of(), Set.of("preauth"), Set.of(), Set.of())))
        .containsExactly(ofCohort);
    assertThat(
            passing(
                filter(List.of(), List.of(), Set.of("evidence", "selftest"), Set.of(), Set.of())))
        .containsExactly(selfTest, evidence);
  }

  @Test
  void should_find_a_tier_a_state_and_a_kind() {
    assertThat(passing(filter(List.of(), List.of(), Set.of(), Set.of(Tier.CREEP), Set.of())))
        .containsExactly(ofCohort);
    assertThat(
            passing(filter(List.of(), List.of(), Set.of(), Set.of(), Set.of(AlertState.CONFIRMED))))
        .containsExactly(ofHosts);
    assertThat(passing(kind(FindingKind.SHIFT))).containsExactly(shift, ofHosts, ofCohort);
    assertThat(passing(kind(FindingKind.SELF_TEST))).containsExactly(selfTest);
    assertThat(passing(kind(FindingKind.CONTRADICTION))).containsExactly(evidence);
  }

  @Test
  void should_ask_for_every_property_at_once() {
    assertThat(
            passing(
                filter(
                    patterns("web-17"),
                    List.of(),
                    Set.of("startup"),
                    Set.of(),
                    Set.of(AlertState.OPENED))))
        .containsExactly(shift);
    assertThat(
            passing(filter(patterns("web-17"), List.of(), Set.of("preauth"), Set.of(), Set.of())))
        .isEmpty();
  }

  private List<Alert> passing(AlertFilter filter) {
    return List.of(shift, selfTest, evidence, ofHosts, ofCohort).stream().filter(filter).toList();
  }

  private static AlertFilter hosts(String... patterns) {
    return filter(patterns(patterns), List.of(), Set.of(), Set.of(), Set.of());
  }

  private static AlertFilter kind(FindingKind kind) {
    return new AlertFilter(List.of(), List.of(), Set.of(), Set.of(), Set.of(), Set.of(kind));
  }

  private static AlertFilter filter(
      List<NamePattern> hosts,
      List<NamePattern> cohorts,
      Set<String> signals,
      Set<Tier> tiers,
      Set<AlertState> states) {
    return new AlertFilter(hosts, cohorts, signals, tiers, states, Set.of());
  }

  private static List<NamePattern> patterns(String... texts) {
    return Arrays.stream(texts).map(NamePattern::parse).toList();
  }
}
