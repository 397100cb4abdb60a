package io.halfsecond.collector;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.collector.inventory.Fingerprint;
import io.halfsecond.collector.inventory.Looks;
import io.halfsecond.collector.inventory.Platform;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class InventoriesTest {
  private static final Instant START = Instant.parse("2024-03-29T00:00:00Z");
  private static final Duration CHECK = Duration.ofSeconds(5);
  private static final int MONITOR = 1000;

  private record Told(String config, Duration at, Optional<Duration> previousLookAt) {}

  /// What there is to be seen; a look takes a second.
  private final class Host implements Looks {
    private Optional<Fingerprint> sshd = Optional.of(fingerprint("aa", Optional.empty()));
    private Check check = Check.MOVED;
    private boolean monitorDiffers;
    private int looks;

    @Override
    public Check check() {
      return check;
    }

    @Override
    public boolean sample(int monitor) {
      return monitorDiffers;
    }

    @Override
    public Optional<Fingerprint> look() {
      looks++;
      now = now.plusSeconds(1);
      check = Check.SAME;
      return sshd;
    }
  }

  private final Host host = new Host();
  private Instant now = START;
  private final List<Told> told = new ArrayList<>();
  private final Inventories inventories =
      new Inventories(
          CHECK,
          host,
          new Monitors(),
          () -> now,
          (fingerprint, at, previous) ->
              told.add(
                  new Told(
                      fingerprint.configSha256(),
                      Duration.between(START, at),
                      previous.map(time -> Duration.between(START, time)))));

  @Test
  void should_tell_a_change_with_the_two_looks_that_it_is_between() throws InterruptedException {
    // given
    check(0, Looks.Check.MOVED);
    check(10, Looks.Check.SAME);
    check(15, Looks.Check.SAME);

    // when
    host.sshd = Optional.of(fingerprint("bb", Optional.empty()));
    check(20, Looks.Check.UNSETTLED);
    check(25, Looks.Check.MOVED);

    // then
    assertThat(told)
        .containsExactly(
            new Told("aa", seconds(1), Optional.empty()),
            new Told("bb", seconds(26), Optional.of(seconds(15))));
    assertThat(inventories.lookedAt()).contains(START.plusSeconds(25));
  }

  @Test
  void should_look_every_five_minutes_and_tell_what_is_not_new_once_a_day()
      throws InterruptedException {
    // when
    for (int second = 0; second < 86_400 + 400; second += 5) {
      check(second, second == 0 ? Looks.Check.MOVED : Looks.Check.SAME);
    }

    // then
    assertThat(told).hasSize(2);
    assertThat(told.getLast().at())
        .isBetween(Duration.ofDays(1), Duration.ofDays(1).plusMinutes(6));
    assertThat(host.looks).isEqualTo(1 + 86_800 / 300);
  }

  @Test
  void should_look_ever_more_seldom_when_what_moves_tells_nothing() throws InterruptedException {
    // when: for an hour
    for (int second = 0; second < 3_600; second += 5) {
      check(second, Looks.Check.MOVED);
    }

    // then: one a minute, and 1 + 2 + … + 12 checks until then
    assertThat(host.looks).isBetween(55, 75);
    assertThat(told).hasSize(1);
  }

  @Test
  void should_not_take_another_monitor_for_a_change() throws InterruptedException {
    // given
    check(0, Looks.Check.MOVED);
    host.sshd = Optional.of(fingerprint("aa", Optional.of(START.plusSeconds(3))));

    // when
    host.monitorDiffers = true;
    sample(5);
    host.sshd = Optional.of(fingerprint("aa", Optional.of(START.plusSeconds(8))));
    sample(10);

    // then
    assertThat(host.looks).isEqualTo(3);
    assertThat(told).hasSize(1);
  }

  /// The check saw nothing, but it does not see everything.
  @Test
  void should_say_that_a_change_may_be_as_old_as_the_last_monitor() throws InterruptedException {
    // given
    host.sshd = Optional.of(fingerprint("aa", Optional.of(START)));
    host.monitorDiffers = true;
    sample(0);
    host.monitorDiffers = false;
    sample(10);
    check(15, Looks.Check.SAME);
    check(20, Looks.Check.SAME);

    // when
    host.sshd = Optional.of(fingerprint("bb", Optional.of(START.plusSeconds(22))));
    host.monitorDiffers = true;
    sample(22);

    // then
    assertThat(told.getLast()).isEqualTo(new Told("bb", seconds(23), Optional.of(seconds(10))));
  }

  @Test
  void should_tell_nothing_of_a_host_without_sshd() throws InterruptedException {
    host.sshd = Optional.empty();

    check(0, Looks.Check.MOVED);

    assertThat(told).isEmpty();
    assertThat(inventories.lookedAt()).contains(START);
  }

  private void check(int second, Looks.Check check) throws InterruptedException {
    now = START.plusSeconds(second);
    host.check = check;
    inventories.check();
  }

  private void sample(int second) throws InterruptedException {
    now = START.plusSeconds(second);
    inventories.sample(MONITOR);
  }

  private static Duration seconds(int seconds) {
    return Duration.ofSeconds(seconds);
  }

  private static Fingerprint fingerprint(String config, Optional<Instant> monitorStartedAt) {
    return new Fingerprint(
        new Platform("6.1.0", "x86_64", "", "", Instant.EPOCH),
        config,
        "",
        Optional.empty(),
        monitorStartedAt,
        true,
        List.of());
  }
}
