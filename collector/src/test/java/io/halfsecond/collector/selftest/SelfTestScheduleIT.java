package io.halfsecond.collector.selftest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.halfsecond.collector.sshd.SshdListeners;
import io.halfsecond.collector.sshd.SshdPrograms;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// With the sshd programs of this host.
class SelfTestScheduleIT {
  private static final SelfTestSettings SETTINGS =
      new SelfTestSettings(Duration.ZERO, Duration.ofDays(1), Duration.ofMillis(100));
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir private Path proc;

  private final List<List<SelfTestResult>> reports = new CopyOnWriteArrayList<>();

  @Test
  void should_report_every_program_in_every_environment_once_a_day() {
    // given
    var tests =
        new SelfTestSchedule(
            SETTINGS, new ReentrantLock(), nothingListens(), reports::add, new Random(1));

    // when
    tests.start();
    await().atMost(PATIENCE).until(() -> !reports.isEmpty());
    tests.close();

    // then
    var trials = SelfTest.trials(SshdPrograms.installed());
    assertThat(trials).isNotEmpty();
    assertThat(reports)
        .singleElement()
        .satisfies(
            results -> {
              assertThat(results).hasSize(trials.size() * (TestEnvironment.values().length - 1));
              assertThat(results)
                  .extracting(SelfTestResult::environment)
                  .doesNotContain(TestEnvironment.SERVICE);
              assertThat(results).noneMatch(SelfTestResult::differs);
            });
  }

  @Test
  void should_end_without_a_report_when_closed_in_the_middle_of_one() {
    // given
    var tests =
        new SelfTestSchedule(
            SETTINGS, new ReentrantLock(), nothingListens(), reports::add, new Random(1));
    tests.start();
    await().atMost(PATIENCE).until(() -> ProcessHandle.current().children().findAny().isPresent());

    // when
    tests.close();

    // then
    assertThat(reports).isEmpty();
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(ProcessHandle.current().children()).isEmpty());
  }

  private SshdListeners nothingListens() {
    return new SshdListeners(proc, "");
  }
}
