package io.halfsecond.collector.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.collector.inventory.process.ChildHandover;
import io.halfsecond.collector.inventory.process.MappedIn;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class InventoryScheduleTest {
  private static final Instant START = Instant.parse("2024-03-29T00:00:00Z");
  private static final int MONITOR = 1000;

  private record Reported(String config, Duration at, Optional<Duration> previousAt) {}

  /// What an inspection finds; it takes a second.
  private final class SshdHost implements Inspector {
    private Optional<Fingerprint> sshd = Optional.of(fingerprint("aa", Optional.empty()));
    private Check check = Check.CHANGED;
    private boolean monitorDiffers;
    private int inspections;

    @Override
    public Check check() {
      return check;
    }

    @Override
    public boolean sample(MappedIn kind, int pid) {
      return monitorDiffers;
    }

    @Override
    public Optional<Fingerprint> inspect() {
      inspections++;
      now = now.plusSeconds(1);
      check = Check.UNCHANGED;
      return sshd;
    }
  }

  private final SshdHost host = new SshdHost();
  private Instant now = START;
  private final List<Reported> reported = new ArrayList<>();
  private final InventorySchedule schedule =
      new InventorySchedule(
          InventorySettings.defaults(),
          host,
          new ChildHandover(),
          () -> now,
          (fingerprint, at, previous) ->
              reported.add(
                  new Reported(
                      fingerprint.configSha256(),
                      Duration.between(START, at),
                      previous.map(time -> Duration.between(START, time)))));

  @Test
  void should_report_a_change_with_the_two_inspections_around_it() throws InterruptedException {
    // given
    check(0, Inspector.Check.CHANGED);
    check(10, Inspector.Check.UNCHANGED);
    check(15, Inspector.Check.UNCHANGED);

    // when
    host.sshd = Optional.of(fingerprint("bb", Optional.empty()));
    check(20, Inspector.Check.UNSETTLED);
    check(25, Inspector.Check.CHANGED);

    // then
    assertThat(reported)
        .containsExactly(
            new Reported("aa", seconds(1), Optional.empty()),
            new Reported("bb", seconds(26), Optional.of(seconds(15))));
    assertThat(schedule.inspectedAt()).contains(START.plusSeconds(25));
  }

  @Test
  void should_inspect_every_five_minutes_and_report_once_a_day_without_a_change()
      throws InterruptedException {
    // when
    for (int second = 0; second < 86_400 + 400; second += 5) {
      check(second, second == 0 ? Inspector.Check.CHANGED : Inspector.Check.UNCHANGED);
    }

    // then
    assertThat(reported).hasSize(2);
    assertThat(reported.getLast().at())
        .isBetween(Duration.ofDays(1), Duration.ofDays(1).plusMinutes(6));
    assertThat(host.inspections).isEqualTo(1 + 86_800 / 300);
  }

  @Test
  void should_inspect_less_often_while_changes_turn_out_to_be_none() throws InterruptedException {
    // when: for an hour
    for (int second = 0; second < 3_600; second += 5) {
      check(second, Inspector.Check.CHANGED);
    }

    // then: one a minute, and 1 + 2 + … + 12 checks until then
    assertThat(host.inspections).isBetween(55, 75);
    assertThat(reported).hasSize(1);
  }

  @Test
  void should_not_report_another_monitor_as_a_change() throws InterruptedException {
    // given
    check(0, Inspector.Check.CHANGED);
    host.sshd = Optional.of(fingerprint("aa", Optional.of(START.plusSeconds(3))));

    // when
    host.monitorDiffers = true;
    sample(5);
    host.sshd = Optional.of(fingerprint("aa", Optional.of(START.plusSeconds(8))));
    sample(10);

    // then
    assertThat(host.inspections).isEqualTo(3);
    assertThat(reported).hasSize(1);
  }

  /// A check cannot see everything.
  @Test
  void should_date_a_change_from_the_last_monitor_that_agreed() throws InterruptedException {
    // given
    host.sshd = Optional.of(fingerprint("aa", Optional.of(START)));
    host.monitorDiffers = true;
    sample(0);
    host.monitorDiffers = false;
    sample(10);
    check(15, Inspector.Check.UNCHANGED);
    check(20, Inspector.Check.UNCHANGED);

    // when
    host.sshd = Optional.of(fingerprint("bb", Optional.of(START.plusSeconds(22))));
    host.monitorDiffers = true;
    sample(22);

    // then
    assertThat(reported.getLast())
        .isEqualTo(new Reported("bb", seconds(23), Optional.of(seconds(10))));
  }

  @Test
  void should_report_nothing_for_a_host_without_sshd() throws InterruptedException {
    host.sshd = Optional.empty();

    check(0, Inspector.Check.CHANGED);

    assertThat(reported).isEmpty();
    assertThat(schedule.inspectedAt()).contains(START);
  }

  private void check(int second, Inspector.Check check) throws InterruptedException {
    now = START.plusSeconds(second);
    host.check = check;
    schedule.check();
  }

  private void sample(int second) throws InterruptedException {
    now = START.plusSeconds(second);
    schedule.sample(MappedIn.MONITOR, MONITOR);
  }

  private static Duration seconds(int seconds) {
    return Duration.ofSeconds(seconds);
  }

  private static Fingerprint fingerprint(String config, Optional<Instant> monitorStartedAt) {
    return new Fingerprint(
        new Platform("6.1.0", "x86_64", "", "", Instant.EPOCH, "debian-12"),
        config,
        "",
        Optional.empty(),
        monitorStartedAt,
        true,
        List.of());
  }
}
