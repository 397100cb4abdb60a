package io.halfsecond.streams.engine;

import static io.halfsecond.streams.Given.HOST;
import static io.halfsecond.streams.Given.START;
import static io.halfsecond.streams.Given.auth;
import static io.halfsecond.streams.engine.TestEngine.records;
import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.schemas.Acknowledgement;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertControl;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.AvroSerde;
import io.halfsecond.schemas.ContradictionFinding;
import io.halfsecond.schemas.Decision;
import io.halfsecond.schemas.Outcome;
import io.halfsecond.schemas.Statement;
import io.halfsecond.schemas.Tier;
import io.halfsecond.streams.alert.OpenAlerts;
import io.halfsecond.streams.alert.Subject;
import io.halfsecond.streams.alert.Verdict;
import io.halfsecond.streams.measurement.Reading;
import io.halfsecond.streams.telemetry.Input;
import io.halfsecond.streams.telemetry.Telemetry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// A kind of finding without a threshold is one class and one row of the engine.
class FinderTest {
  private static final String COHORT = "debian-12";
  private static final String SUBJECT = "probe-accepted/login";

  private final OpenAlerts alerts = OpenAlerts.inMemory();
  private final HostEngine engine = TestEngine.of(alerts, List.of(new AcceptedProbes(alerts)));

  /// The user of the active probe does not exist, so sshd must not accept it.
  private record AcceptedProbes(OpenAlerts alerts, Set<String> open) implements Finder<Reading> {
    AcceptedProbes(OpenAlerts alerts) {
      this(alerts, new HashSet<>());
    }

    @Override
    public List<Output> take(Reading reading, long nowMillis) {
      if (!(reading.telemetry() instanceof Telemetry.Authentication(var timing))
          || timing.getProbe().isEmpty()) {
        return List.of();
      }
      var found = new ArrayList<Output>();
      boolean accepted = timing.getOutcome() == Outcome.ACCEPTED;
      if (accepted && open.add(reading.host())) {
        found.add(step(reading, AlertState.OPENED));
        found.add(step(reading, AlertState.CONFIRMED));
      } else if (!accepted && open.remove(reading.host())) {
        found.add(step(reading, AlertState.RESOLVED));
      }
      return found;
    }

    private Output step(Reading reading, AlertState state) {
      return Output.of(alerts, verdict(reading.host(), state, reading.at(), Optional.empty()));
    }

    private static Verdict verdict(
        String host, AlertState state, Instant at, Optional<Acknowledgement> acknowledgement) {
      var finding =
          ContradictionFinding.newBuilder()
              .setRule("probe-accepted")
              .setAbout("login of the active probe")
              .setStatements(
                  List.of(
                      new Statement("sshd", "accepted"),
                      new Statement("probe", "has no account and an unknown key")))
              .build();
      return new Verdict.Step(
          Subject.ofHost(host, COHORT, SUBJECT),
          state,
          Tier.STEP,
          at,
          new Verdict.AlertTimes(START, START, Optional.empty(), START),
          finding,
          List.of(),
          acknowledgement);
    }

    @Override
    public boolean owns(String subject) {
      return subject.equals(SUBJECT);
    }

    @Override
    public List<Output> decide(AlertControl control) {
      var acknowledgement = control.getAcknowledgement();
      return open.remove(control.getHost())
          ? List.of(
              Output.of(
                  alerts,
                  verdict(
                      control.getHost(),
                      AlertState.ACKNOWLEDGED,
                      acknowledgement.getAt(),
                      Optional.of(acknowledgement))))
          : List.of();
    }
  }

  private List<Output> probe(Outcome outcome, int minute) {
    var timing =
        auth(minute, START.plusSeconds(60L * minute))
            .setCohort(COHORT)
            .setProbe("1e".repeat(16))
            .setOutcome(outcome)
            .build();
    return engine.take(new Telemetry.Authentication(timing), timing.getDecidedAt().toEpochMilli());
  }

  @Test
  void should_open_confirm_and_resolve_an_alert_on_a_fact() {
    // when
    var refused = probe(Outcome.FAILED, 0);
    var accepted = probe(Outcome.ACCEPTED, 1);
    var again = probe(Outcome.ACCEPTED, 2);
    var over = probe(Outcome.FAILED, 3);

    // then
    assertThat(records(refused)).isEmpty();
    assertThat(records(accepted))
        .extracting(Alert::getState)
        .containsExactly(AlertState.OPENED, AlertState.CONFIRMED);
    assertThat(records(accepted).getFirst().getSummary())
        .isEqualTo(
            "web-17: login of the active probe (probe-accepted), seen 2024-03-29 12:00:00Z. sshd:"
                + " accepted; probe: has no account and an unknown key. Alert 2c1f2e9d.");
    assertThat(accepted)
        .as("the records are passed on to the cohort")
        .filteredOn(Output.ToCohort.class::isInstance)
        .hasSize(2);
    assertThat(records(again)).isEmpty();
    assertThat(records(over)).extracting(Alert::getState).containsExactly(AlertState.RESOLVED);
    var serde = AvroSerde.of(Alert.class);
    assertThat(serde.decode(serde.encode(records(over).getFirst())))
        .isEqualTo(records(over).getFirst());
  }

  @Test
  void should_apply_a_decision_by_the_finder_that_owns_the_subject() {
    // given
    var alert = records(probe(Outcome.ACCEPTED, 1)).getFirst();
    var control =
        AlertControl.newBuilder()
            .setAlertId(alert.getAlertId())
            .setScope(alert.getScope())
            .setHost(HOST)
            .setSubject(alert.getSubject())
            .setAcknowledgement(
                Acknowledgement.newBuilder()
                    .setDecision(Decision.ACCEPT)
                    .setWho("alice@bastion")
                    .setAt(START.plusSeconds(90))
                    .setWhy("a test account")
                    .build())
            .build();

    // when
    var decided = engine.take(new Input.Control(control), 0);
    var repeated = engine.take(new Input.Control(control), 0);

    // then
    assertThat(records(decided))
        .singleElement()
        .satisfies(
            record -> {
              assertThat(record.getState()).isEqualTo(AlertState.ACKNOWLEDGED);
              assertThat(record.getSummary()).endsWith("Accepted by alice@bastion: a test account");
            });
    assertThat(decided).contains(new Output.Decided(control, true));
    assertThat(alerts.open()).isEmpty();
    assertThat(repeated).containsExactly(new Output.Decided(control, false));
  }
}
