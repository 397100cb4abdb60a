package io.halfsecond.collector;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.collector.inventory.Fingerprint;
import io.halfsecond.collector.inventory.Platform;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;

class InventoriesTest {
  private Optional<Fingerprint> sshd = Optional.of(fingerprint("aa"));
  private Instant now = Instant.parse("2024-03-29T00:00:00Z");
  private final List<Fingerprint> told = new ArrayList<>();
  private final Inventories inventories = new Inventories(Duration.ZERO, Duration.ofMinutes(5), () -> sshd,
    new ReentrantLock(), () -> now, told::add);

  @Test
  void should_tell_what_is_new_once_and_what_is_not_once_a_day() throws InterruptedException {
    // when
    inventories.look();
    look(Duration.ofMinutes(5), fingerprint("aa"));
    look(Duration.ofMinutes(5), fingerprint("bb"));
    look(Duration.ofHours(23), fingerprint("bb"));
    look(Duration.ofHours(1), fingerprint("bb"));

    // then
    assertThat(told).extracting(Fingerprint::configSha256).containsExactly("aa", "bb", "bb");
  }

  @Test
  void should_tell_nothing_of_a_host_without_sshd() throws InterruptedException {
    sshd = Optional.empty();

    inventories.look();

    assertThat(told).isEmpty();
  }

  private void look(Duration later, Fingerprint seen) throws InterruptedException {
    now = now.plus(later);
    sshd = Optional.of(seen);
    inventories.look();
  }

  private static Fingerprint fingerprint(String config) {
    return new Fingerprint(new Platform("6.1.0", "x86_64", "", "", Instant.EPOCH), config, "",
      Optional.empty(), true, List.of());
  }
}
