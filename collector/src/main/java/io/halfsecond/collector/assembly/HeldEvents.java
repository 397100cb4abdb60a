package io.halfsecond.collector.assembly;

import io.halfsecond.collector.event.LogEvent;
import io.halfsecond.collector.event.SshEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Log lines and accounts whose process is not known yet, because its fork has not been read.
final class HeldEvents {
  /// Four seconds of the busiest log seen, 183 connections/s of 14 lines.
  private static final int MOST = 10_000;

  /// @param readNanos when it was read
  record Held(int pid, SshEvent event, long readNanos) {}

  private final long graceNanos;

  /// In the order of reading.
  private final Deque<Held> held = new ArrayDeque<>();

  /// Pids of lines that were given up, and when the last of them was read.
  private final Map<Integer, Long> givenUp =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, Long> eldest) {
          return size() > MOST;
        }
      };

  /// @param graceNanos how long to hold an event after everything has been read that happened
  ///   before it was read
  HeldEvents(long graceNanos) {
    this.graceNanos = graceNanos;
  }

  /// @return the event that is given up because there are too many
  Optional<SshEvent> hold(int pid, SshEvent event, long readNanos) {
    held.addLast(new Held(pid, event, readNanos));
    return held.size() > MOST ? Optional.of(giveUp(held.removeFirst())) : Optional.empty();
  }

  /// @param now everything until then has been read
  /// @return the events that are given up
  List<SshEvent> expire(long now) {
    var expired = new ArrayList<SshEvent>();
    while (!held.isEmpty() && held.getFirst().readNanos() + graceNanos <= now) {
      expired.add(giveUp(held.removeFirst()));
    }
    return expired;
  }

  private SshEvent giveUp(Held waiting) {
    if (waiting.event() instanceof LogEvent) {
      givenUp.remove(waiting.pid());
      givenUp.put(waiting.pid(), waiting.readNanos());
    }
    return waiting.event();
  }

  /// Takes out the events of a process.
  List<Held> release(int pid) {
    if (held.isEmpty()) {
      return List.of();
    }
    var released = held.stream().filter(waiting -> waiting.pid() == pid).toList();
    held.removeIf(waiting -> waiting.pid() == pid);
    return released;
  }

  /// Whether a line of a process was given up, and forgets that.
  ///
  /// @param forkedAtNanos lines that were read before are another process's
  boolean gaveUpLineOf(int pid, long forkedAtNanos) {
    var read = givenUp.remove(pid);
    return read != null && forkedAtNanos <= read;
  }

  int size() {
    return held.size();
  }
}
