package io.halfsecond.collector.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.halfsecond.collector.source.SourceMeter.Condition;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PeriodicTaskTest {
  static Stream<Supplier<Throwable>> failures() {
    return Stream.of(
        IllegalStateException::new,
        StackOverflowError::new,
        AssertionError::new,
        () -> new NoClassDefFoundError("gone"));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void should_go_on_after_any_failure_and_say_so(Supplier<Throwable> failure) {
    // given
    var runs = new AtomicInteger();
    try (var task =
        new PeriodicTask(
            "test",
            Duration.ZERO,
            () -> Duration.ofMillis(1),
            Duration.ofMinutes(1),
            () -> {
              if (runs.incrementAndGet() == 1) {
                switch (failure.get()) {
                  case RuntimeException e -> throw e;
                  case Error e -> throw e;
                  case Throwable e -> throw new IllegalArgumentException(e);
                }
              }
            })) {
      // when
      task.start();

      // then
      await().until(() -> task.meter().state().condition() == Condition.DEGRADED);
      assertThat(task.meter().state().detail()).startsWith("the last run failed: java.lang.");
      await().until(() -> task.meter().state().condition() == Condition.RUNNING);
      assertThat(runs.get()).isGreaterThan(1);
    }
  }

  @Test
  void should_run_at_once_when_it_is_due_soon() {
    // given: a pause that no test would wait for
    var runs = new AtomicInteger();
    try (var task =
        new PeriodicTask(
            "test",
            Duration.ofDays(1),
            () -> Duration.ofDays(1),
            Duration.ofDays(2),
            runs::incrementAndGet)) {
      task.start();

      // when, then
      for (int run = 1; run <= 3; run++) {
        int expected = run;
        task.soon();
        await().until(() -> runs.get() == expected);
      }
    }
  }
}
