package io.halfsecond.collector.assembly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.halfsecond.collector.assembly.Result.OpenedSession;
import io.halfsecond.schemas.Bounds;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class OpenedSessionsTest {
  private static final int LEADER = 300;

  private final OpenedSessions.Room room = new OpenedSessions.Room(1_000);
  private final OpenedSessions sessions = new OpenedSessions(2, room);

  private static List<OpenedSession> of(OpenedSessions sessions) {
    return sessions.opened(OptionalLong.empty(), OptionalLong.empty());
  }

  @Test
  void should_count_the_starts_of_each_program_and_name_no_more_than_are_wanted() {
    sessions.begin(LEADER, 10);
    for (var name : List.of("/b", "/a", "/c", "/a", "/c", "/b")) {
      sessions.started(LEADER, name, false);
    }
    sessions.counted(LEADER, 7, true);
    sessions.ended(LEADER, 20);

    assertThat(of(sessions))
        .singleElement()
        .satisfies(
            session -> {
              assertThat(session.programs()).containsExactly(entry("/b", 2), entry("/a", 2));
              assertThat(session.furtherStarts()).isEqualTo(2 + 7);
              assertThat(session.complete()).isTrue();
              assertThat(session.startedAtNanos()).isEqualTo(10);
              assertThat(session.endedAtNanos()).hasValue(20);
            });
  }

  @Test
  void should_count_a_start_once_when_its_name_comes_late() {
    sessions.begin(LEADER, 10);
    sessions.started(LEADER, "gzip", true);
    sessions.counted(LEADER, 3, true);

    assertThat(of(sessions))
        .singleElement()
        .satisfies(
            session -> {
              assertThat(session.programs()).containsExactly(entry("gzip", 1));
              assertThat(session.furtherStarts()).isEqualTo(2);
            });
  }

  @Test
  void should_take_the_newest_session_when_a_pid_is_used_again() {
    sessions.begin(LEADER, 10);
    sessions.started(LEADER, "/a", false);
    sessions.ended(LEADER, 20);
    sessions.begin(LEADER, 30);
    sessions.started(LEADER, "/b", false);

    assertThat(of(sessions))
        .extracting(session -> session.programs().keySet().toString())
        .containsExactly("[/a]", "[/b]");
    assertThat(of(sessions).getLast().endedAtNanos()).isEmpty();
  }

  @Test
  void should_count_sessions_beyond_those_that_it_tells_apart() {
    for (int i = 0; i < Bounds.SESSIONS + 5; i++) {
      sessions.begin(LEADER + i, i);
    }
    sessions.started(LEADER + Bounds.SESSIONS, "/a", false);

    assertThat(sessions.count()).isEqualTo(Bounds.SESSIONS + 5);
    assertThat(of(sessions))
        .hasSize(Bounds.SESSIONS)
        .allMatch(session -> session.programs().isEmpty());
  }

  @Test
  void should_count_programs_when_the_room_of_all_connections_is_full_and_give_it_back() {
    var other = new OpenedSessions(2, room);
    other.begin(LEADER, 10);
    other.started(LEADER, "/" + "x".repeat(900), false);
    sessions.begin(LEADER, 10);
    sessions.started(LEADER, "/a", false);
    assertThat(of(sessions).getFirst().programs()).isEmpty();
    assertThat(of(sessions).getFirst().furtherStarts()).isEqualTo(1);

    other.close();
    sessions.started(LEADER, "/a", false);

    assertThat(of(sessions).getFirst().programs()).containsExactly(entry("/a", 1));
  }

  @Test
  void should_say_so_when_starts_may_be_missing() {
    sessions.begin(LEADER, 10);
    assertThat(of(sessions).getFirst().complete()).as("nothing was counted yet").isFalse();
    sessions.counted(LEADER, 0, true);
    sessions.ended(LEADER, 20);

    assertThat(sessions.opened(OptionalLong.of(15), OptionalLong.empty()).getFirst().complete())
        .as("events were lost")
        .isFalse();
    assertThat(sessions.opened(OptionalLong.of(25), OptionalLong.empty()).getFirst().complete())
        .as("events were lost later")
        .isTrue();
    assertThat(sessions.opened(OptionalLong.empty(), OptionalLong.of(15)).getFirst().complete())
        .as("it is older than the collector")
        .isFalse();
    sessions.counted(LEADER, 0, false);
    assertThat(of(sessions).getFirst().complete()).isFalse();
  }
}
