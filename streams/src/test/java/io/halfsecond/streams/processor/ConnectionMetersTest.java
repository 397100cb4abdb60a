package io.halfsecond.streams.processor;

import static io.halfsecond.streams.Given.START;
import static io.halfsecond.streams.Given.auth;
import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.schemas.Evidence;
import io.halfsecond.schemas.Outcome;
import io.halfsecond.schemas.SourceNetwork;
import io.halfsecond.streams.telemetry.Witness;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConnectionMetersTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final ConnectionMeters meters = new ConnectionMeters(registry);

  private double count(String cohort) {
    return registry.get("halfsecond.connections").tag("cohort", cohort).counters().stream()
        .mapToDouble(counter -> counter.count())
        .sum();
  }

  @ParameterizedTest
  @CsvSource({
    "KERNEL_AND_LOG, ACCEPTED, true, KERNEL_AND_LOG",
    "KERNEL_AND_LOG, NO_PREAUTH, false, KERNEL_AND_LOG",
    "KERNEL, NO_PREAUTH, true, KERNEL_WITHOUT_LOGIN",
    "KERNEL, TIMED_OUT, false, KERNEL_WITHOUT_LOGIN",
    "KERNEL, FAILED, false, KERNEL_INCOMPLETE",
    "KERNEL, ACCEPTED, true, KERNEL_ALONE",
    "KERNEL, CRASHED, true, KERNEL_ALONE",
    "LOG, ACCEPTED, true, LOG_ALONE",
    "UNKNOWN, ACCEPTED, true, UNKNOWN"
  })
  void should_say_who_saw_a_connection(
      Evidence evidence, Outcome outcome, boolean complete, Witness witness) {
    assertThat(
            Witness.of(
                auth(1, START)
                    .setEvidence(evidence)
                    .setOutcome(outcome)
                    .setComplete(complete)
                    .build()))
        .isEqualTo(witness);
  }

  @Test
  void should_count_the_connections_of_clients_by_cohort_and_not_those_of_probes() {
    meters.count(auth(1, START).setCohort("a").build());
    meters.count(auth(2, START).setCohort("a").setEvidence(Evidence.KERNEL).build());
    meters.count(auth(3, START).setCohort("b").build());
    meters.count(auth(4, START).setCohort("a").setProbe("1e".repeat(16)).build());

    assertThat(count("a")).isEqualTo(2);
    assertThat(count("b")).isEqualTo(1);
  }

  @Test
  void should_count_the_connections_from_outside_by_their_outcome() {
    var scan =
        auth(1, START).setSourceNetwork(SourceNetwork.OUTSIDE).setOutcome(Outcome.NO_PREAUTH);
    meters.count(scan.build());
    meters.count(auth(2, START).setSourceNetwork(SourceNetwork.EXPECTED).build());
    meters.count(auth(3, START).build());

    assertThat(registry.get("halfsecond.connections.outside").counters())
        .singleElement()
        .satisfies(
            counter -> {
              assertThat(counter.getId().getTag("outcome")).isEqualTo("no-preauth");
              assertThat(counter.count()).isEqualTo(1);
            });
  }

  @Test
  void should_keep_the_number_of_series_small_whatever_cohorts_are_called() {
    for (int i = 0; i < ConnectionMeters.MOST_COHORTS + 50; i++) {
      meters.count(auth(i, START).setCohort("cohort-" + i).build());
    }
    meters.count(auth(1_000, START).setCohort("cohort-1").build());

    assertThat(registry.getMeters()).hasSize(ConnectionMeters.MOST_COHORTS + 1);
    assertThat(count(ConnectionMeters.OTHERS)).isEqualTo(50);
    assertThat(count("cohort-1")).isEqualTo(2);
  }
}
