package io.halfsecond.collector.tamper;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.collector.assembly.Result.AuthenticationDecided;
import io.halfsecond.collector.assembly.Result.ConnectionKey;
import io.halfsecond.collector.assembly.Result.Login;
import io.halfsecond.collector.assembly.Result.Timing;
import io.halfsecond.schemas.Evidence;
import io.halfsecond.schemas.Method;
import io.halfsecond.schemas.Outcome;
import io.halfsecond.schemas.SourceNetwork;
import io.halfsecond.schemas.Statement;
import io.halfsecond.schemas.TamperFact;
import io.halfsecond.schemas.Tier;
import io.halfsecond.schemas.UserClass;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExposureTest {
  private static final Timing NO_TIMING =
      new Timing(
          OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty());

  private Optional<String> pseudonym = Optional.of("9fbed8536e880124");
  private final Exposure rule =
      new Exposure(
          address ->
              switch (address) {
                case "198.51.100.7" -> SourceNetwork.OUTSIDE;
                case "10.0.0.1" -> SourceNetwork.EXPECTED;
                default -> SourceNetwork.UNKNOWN;
              },
          _ -> pseudonym,
          key -> "c" + key.monitorPid(),
          nanos -> Instant.EPOCH.plusNanos(nanos));

  private Optional<Finding> login(Outcome outcome, String address, long nanos) {
    return rule.take(
        new AuthenticationDecided(
            new ConnectionKey(7, nanos),
            nanos,
            "sshd",
            new Login(
                outcome,
                Method.KEYBOARD_INTERACTIVE,
                UserClass.ROOT,
                Optional.of("root"),
                Optional.of(address).filter(text -> !text.isEmpty())),
            NO_TIMING,
            OptionalLong.empty(),
            NO_TIMING,
            Evidence.KERNEL_AND_LOG,
            true,
            Optional.empty(),
            OptionalLong.empty()));
  }

  @Test
  void should_tell_an_accepted_login_from_outside_by_pseudonym_and_class_alone() {
    assertThat(login(Outcome.ACCEPTED, "198.51.100.7", 1))
        .hasValueSatisfying(
            finding -> {
              assertThat(finding.tier()).isEqualTo(Tier.CREEP);
              assertThat(finding.complete()).isFalse();
              assertThat(finding.facts()).hasSize(1);
              assertThat(finding.toString()).doesNotContain("198.51");
              assertThat(finding.facts().getFirst().getObject())
                  .isEqualTo("source 9fbed8536e880124");
              assertThat(finding.facts().getFirst().getStatements())
                  .extracting(Statement::getText)
                  .containsExactly(
                      "root was let in by keyboard-interactive at 1970-01-01T00:00:00.000000001Z"
                          + " (connection c7)",
                      "the client, source 9fbed8536e880124, is in none of"
                          + " collector.expected-networks");
            });
  }

  @ParameterizedTest
  @CsvSource({
    "ACCEPTED, 10.0.0.1",
    "ACCEPTED, ''",
    "ACCEPTED, bogus",
    "FAILED, 198.51.100.7",
    "NO_PREAUTH, 198.51.100.7",
    "UNKNOWN, 198.51.100.7"
  })
  void should_be_silent_about_attempts_and_where_it_is_not_known(Outcome outcome, String address) {
    assertThat(login(outcome, address, 1)).isEmpty();
  }

  @Test
  void should_tell_a_source_again_but_not_each_login() {
    long later = ToldRecently.EVERY.toNanos();
    assertThat(login(Outcome.ACCEPTED, "198.51.100.7", 1)).isPresent();
    assertThat(login(Outcome.ACCEPTED, "198.51.100.7", 2)).isEmpty();
    assertThat(login(Outcome.ACCEPTED, "198.51.100.7", 1 + later)).isPresent();
  }

  @Test
  void should_tell_an_event_where_there_are_no_pseudonyms() {
    pseudonym = Optional.empty();

    assertThat(login(Outcome.ACCEPTED, "198.51.100.7", 1))
        .hasValueSatisfying(
            finding ->
                assertThat(finding.facts()).extracting(TamperFact::getObject).containsExactly(""));
  }
}
