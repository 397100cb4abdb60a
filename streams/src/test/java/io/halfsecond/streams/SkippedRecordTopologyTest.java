package io.halfsecond.streams;

import static io.halfsecond.streams.Given.START;
import static io.halfsecond.streams.Given.auth;
import static io.halfsecond.streams.Given.comparison;
import static io.halfsecond.streams.Given.probe;
import static io.halfsecond.streams.Given.selfTest;
import static io.halfsecond.streams.Given.session;
import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.schemas.SelfTestEnvironment;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Records that are counted and not measured.
class SkippedRecordTopologyTest {
  @TempDir private Path stateDirectory;

  @Test
  void should_count_a_record_once_when_it_is_delivered_twice() {
    try (var harness = new Harness(stateDirectory)) {
      // when
      for (int i = 0; i < 3; i++) {
        harness.send(auth(1, START));
        harness.send(session(1, START.plusSeconds(60)).setSequence(2));
      }
      harness.send(auth(1, START.plusSeconds(1)));

      // then
      assertThat(harness.scraped("halfsecond_measurements_total{signal=\"startup\"}")).isEqualTo(1);
      assertThat(harness.scraped("halfsecond_measurements_total{signal=\"cpu-session\"}"))
          .isEqualTo(1);
      assertThat(harness.scraped("halfsecond_records_skipped_total{reason=\"duplicate\"}"))
          .isEqualTo(5);
    }
  }

  /// As after a kill: the last lines of a log are read again by another run.
  @Test
  void should_count_a_record_once_when_another_run_makes_it_again() {
    try (var harness = new Harness(stateDirectory)) {
      // when
      harness.send(auth(1, START));
      harness.send(session(1, START.plusSeconds(60)).setSequence(2));
      harness.send(auth(1, START).setCollector("next run").setSequence(0));
      harness.send(session(1, START.plusSeconds(60)).setCollector("next run").setSequence(1));
      harness.send(auth(2, START.plusSeconds(90)).setCollector("next run").setSequence(2));

      // then
      assertThat(harness.scraped("halfsecond_measurements_total{signal=\"startup\"}")).isEqualTo(2);
      assertThat(harness.scraped("halfsecond_records_skipped_total{reason=\"duplicate\"}"))
          .isEqualTo(2);
    }
  }

  @Test
  void should_count_equal_ids_of_different_hosts_as_different_records() {
    try (var harness = new Harness(stateDirectory)) {
      harness.send(auth(1, START));
      harness.send(auth(1, START).setHost("web-18"));

      assertThat(harness.scraped("halfsecond_measurements_total{signal=\"startup\"}")).isEqualTo(2);
    }
  }

  @Test
  void should_not_measure_incomplete_records() {
    try (var harness = new Harness(stateDirectory)) {
      harness.send(auth(1, START).setComplete(false));
      harness.send(session(1, START).setSequence(2).setComplete(false));

      assertThat(harness.scraped("halfsecond_records_skipped_total{reason=\"incomplete\"}"))
          .isEqualTo(2);
      assertThat(harness.scraped("halfsecond_measurements_total{signal=\"startup\"}")).isZero();
      assertThat(
              harness.scraped(
                  "halfsecond_baseline_connections{host=\"web-17\",signal=\"startup\"}"))
          .isNaN();
    }
  }

  @Test
  void should_not_measure_connections_of_a_probe() {
    try (var harness = new Harness(stateDirectory)) {
      harness.send(auth(1, START).setProbe(Given.id(3)));
      harness.send(session(1, START).setSequence(2).setProbe(Given.id(3)).setComplete(false));

      assertThat(harness.scraped("halfsecond_records_skipped_total{reason=\"probe\"}"))
          .isEqualTo(2);
      assertThat(harness.scraped("halfsecond_records_skipped_total{reason=\"incomplete\"}"))
          .isZero();
      assertThat(harness.scraped("halfsecond_measurements_total{signal=\"startup\"}")).isZero();
      assertThat(harness.scraped("halfsecond_measurements_total{signal=\"cpu-session\"}")).isZero();
    }
  }

  @Test
  void should_count_probes_and_self_tests_once_and_separately_from_connections() {
    try (var harness = new Harness(stateDirectory)) {
      for (int i = 0; i < 2; i++) {
        harness.send(auth(1, START));
        harness.send(probe(1, START).setSequence(2));
        harness.send(
            selfTest(
                    1,
                    START,
                    comparison(SelfTestEnvironment.TERMINAL, 0.5),
                    comparison(SelfTestEnvironment.NO_LANGUAGE, 0.5))
                .setSequence(3));
      }

      assertThat(harness.scraped("halfsecond_measurements_total{signal=\"startup\"}")).isEqualTo(1);
      assertThat(harness.scraped("halfsecond_measurements_total{signal=\"probe-banner\"}"))
          .isEqualTo(1);
      assertThat(harness.scraped("halfsecond_measurements_total{signal=\"selftest\"}"))
          .isEqualTo(2);
      assertThat(harness.scraped("halfsecond_records_skipped_total{reason=\"duplicate\"}"))
          .isEqualTo(3);
    }
  }

  @Test
  void should_skip_records_that_are_more_than_a_day_late() {
    try (var harness = new Harness(stateDirectory)) {
      // given
      harness.send(auth(1, START.plus(Duration.ofHours(24))));

      // when
      harness.send(auth(2, START));
      harness.send(auth(3, START.minusMillis(1)));

      // then
      assertThat(harness.scraped("halfsecond_records_skipped_total{reason=\"late\"}")).isEqualTo(1);
      assertThat(harness.scraped("halfsecond_measurements_total{signal=\"startup\"}")).isEqualTo(2);
    }
  }
}
