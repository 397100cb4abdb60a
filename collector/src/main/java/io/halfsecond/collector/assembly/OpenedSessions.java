package io.halfsecond.collector.assembly;

import io.halfsecond.collector.assembly.Result.OpenedSession;
import io.halfsecond.schemas.Bounds;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// The sessions that one process of a connection, or its kind, has served: how many, and of the
/// first [Bounds#SESSIONS] when they ran and which programs they started.
final class OpenedSessions {
  /// The text of programs in all open connections. `halfsecond` runs in a small heap.
  static final class Room {
    /// Of each name beside its characters: the entry of a map.
    private static final long ENTRY = 64;

    private long left;

    /// @param bytes for all names together
    Room(long bytes) {
      this.left = bytes;
    }

    private boolean take(String name) {
      long needed = ENTRY + name.length();
      if (needed > left) {
        return false;
      }
      left -= needed;
      return true;
    }

    private void give(String name) {
      left += ENTRY + name.length();
    }
  }

  private static final class Session {
    private final int leaderPid;
    private final long startedAtNanos;
    private OptionalLong endedAtNanos = OptionalLong.empty();
    private final Map<String, Integer> programs = new LinkedHashMap<>();
    private long furtherStarts;
    private boolean counted;
    private boolean missed;

    Session(int leaderPid, long startedAtNanos) {
      this.leaderPid = leaderPid;
      this.startedAtNanos = startedAtNanos;
    }
  }

  private final int most;
  private final Room room;
  private final List<Session> first = new ArrayList<>();
  private int count;

  /// @param most programs that are named for a session
  OpenedSessions(int most, Room room) {
    this.most = most;
    this.room = room;
  }

  /// Sessions opened.
  int count() {
    return count;
  }

  /// @param leaderPid of its first process, which was forked at that time
  void begin(int leaderPid, long atNanos) {
    count++;
    if (first.size() < Bounds.SESSIONS) {
      first.add(new Session(leaderPid, atNanos));
    }
  }

  /// The newest session of this leader. Pids are reused.
  private Optional<Session> of(int leaderPid) {
    return first.reversed().stream().filter(session -> session.leaderPid == leaderPid).findFirst();
  }

  void ended(int leaderPid, long atNanos) {
    of(leaderPid)
        .filter(session -> session.endedAtNanos.isEmpty())
        .ifPresent(session -> session.endedAtNanos = OptionalLong.of(atNanos));
  }

  /// A session started a program.
  ///
  /// @param counted whether [#counted] tells it, too
  void started(int leaderPid, String name, boolean counted) {
    of(leaderPid)
        .ifPresent(
            session -> {
              boolean named =
                  session.programs.containsKey(name)
                      || (session.programs.size() < most && room.take(name));
              if (named) {
                session.programs.merge(name, 1, Integer::sum);
              }
              session.furtherStarts += (named ? 0 : 1) - (counted ? 1 : 0);
            });
  }

  /// The starts that were counted without a name.
  ///
  /// @param complete whether they are all
  void counted(int leaderPid, long starts, boolean complete) {
    of(leaderPid)
        .ifPresent(
            session -> {
              session.furtherStarts += starts;
              session.counted = true;
              session.missed |= !complete;
            });
  }

  /// @param lostSinceNanos since when events were lost; empty if none were
  /// @param seenSinceNanos since when the connection was seen; empty if from its beginning
  List<OpenedSession> opened(OptionalLong lostSinceNanos, OptionalLong seenSinceNanos) {
    return first.stream()
        .map(
            session ->
                new OpenedSession(
                    session.startedAtNanos,
                    session.endedAtNanos,
                    Collections.unmodifiableMap(new LinkedHashMap<>(session.programs)),
                    Math.max(0, session.furtherStarts),
                    session.counted
                        && !session.missed
                        && endedBefore(session, lostSinceNanos)
                        && session.startedAtNanos >= seenSinceNanos.orElse(Long.MIN_VALUE)))
        .toList();
  }

  private static boolean endedBefore(Session session, OptionalLong lostSinceNanos) {
    return lostSinceNanos.isEmpty()
        || session.endedAtNanos.orElse(Long.MAX_VALUE) < lostSinceNanos.getAsLong();
  }

  /// Gives the room of its names back.
  void close() {
    for (var session : first) {
      session.programs.keySet().forEach(room::give);
    }
    first.clear();
  }
}
