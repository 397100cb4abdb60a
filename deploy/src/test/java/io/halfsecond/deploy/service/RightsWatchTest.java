package io.halfsecond.deploy.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.deploy.broker.ClusterRole;
import io.halfsecond.deploy.broker.ClusterRole.Right;
import io.halfsecond.deploy.broker.MissingRights;
import io.halfsecond.schemas.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RightsWatchTest {
  private static final List<Right> NEEDED =
      ClusterRole.TOPOLOGY.rights(Topics.defaults(), "ssh.", "halfsecond");

  private final List<String> said = new ArrayList<>();
  private List<Right> lacking = List.of();
  private Duration now = Duration.ZERO;

  @Test
  void should_say_what_is_missing_when_it_begins_and_once_a_minute() {
    try (var watch =
        new RightsWatch(
            () ->
                new MissingRights(
                    ClusterRole.TOPOLOGY, Optional.of("User:topology"), NEEDED, lacking),
            () -> now.toNanos(),
            said::add)) {
      watch.look();
      assertThat(said).isEmpty();

      lacking = List.of(NEEDED.getLast());
      for (int second = 0; second < 120; second += 20) {
        now = Duration.ofSeconds(second);
        watch.look();
      }
      assertThat(said)
          .containsExactly(
              "User:topology lacks Write on transactional ids prefixed `halfsecond-`; grant it as"
                  + " an administrator: halfsecond topics apply --acls --topology=User:topology",
              said.getFirst());

      lacking = List.of();
      watch.look();
      watch.look();
      assertThat(said).hasSize(3).last().isEqualTo("no right is missing any more");
    }
  }
}
