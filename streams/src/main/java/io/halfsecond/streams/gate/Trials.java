package io.halfsecond.streams.gate;

import io.halfsecond.streams.store.ByteStore;
import io.halfsecond.streams.store.ObjectStore;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The trials of the hosts of one partition, by host, in a store of bytes. A host takes part in one
/// trial at most: its own, or that of another host as a companion.
///
/// Not safe for use by several threads.
public final class Trials {
  /// In one process, 5 to 50 kB each.
  private static final int KEPT = 2_048;

  private final ObjectStore<Trial> trials;

  /// The host whose trial a host takes part in.
  private final Map<String, String> subjects = new HashMap<>();

  /// When each trial is over.
  private final Map<String, Instant> ends = new HashMap<>();

  /// @param store of this class alone
  /// @param partitions that share the memory of a process
  public Trials(ByteStore store, int partitions) {
    this.trials =
        new ObjectStore<>(store, Trial::fromBytes, Trial::toBytes, Math.max(1, KEPT / partitions));
    trials.scan("", this::index);
  }

  private void index(String host, Trial trial) {
    subjects.put(host, host);
    ends.put(host, trial.begin().plus(Trial.LENGTH));
    trial.companions().forEach(companion -> subjects.put(companion, host));
  }

  /// Whether a host takes part in a trial. One look-up: it is asked for every record.
  public boolean concern(String host) {
    return subjects.containsKey(host);
  }

  /// The trial of a host itself. One that is changed must be [#put].
  public Optional<Trial> of(String host) {
    return host.equals(subjects.get(host)) ? trials.get(host) : Optional.empty();
  }

  /// The host whose companion this host is.
  public Optional<String> accompaniedBy(String companion) {
    return Optional.ofNullable(subjects.get(companion))
        .filter(subject -> !subject.equals(companion));
  }

  /// Keeps the trial of a host, in place of an earlier one.
  public void put(String host, Trial trial) {
    subjects.values().removeIf(host::equals);
    index(host, trial);
    trials.put(host, trial);
  }

  /// Takes a measurement of a host that takes part in a trial.
  ///
  /// @param value without the season
  public void take(String host, String subject, Instant at, double value) {
    var own = subjects.get(host);
    var trial = own == null ? Optional.<Trial>empty() : trials.get(own);
    if (own == null || trial.isEmpty()) {
      return;
    }
    boolean changed =
        own.equals(host)
            ? trial.get().take(subject, at, value)
            : trial.get().takeOf(host, subject, at, value);
    if (changed) {
      trials.put(own, trial.get());
    } else if (trial.get().isOver(at)) {
      end(own);
    }
  }

  /// Ends the trial of a host, if it has one.
  public void end(String host) {
    if (ends.remove(host) != null) {
      subjects.values().removeIf(host::equals);
      trials.delete(host);
    }
  }

  /// The trials that are over at a time end.
  public void endBefore(Instant at) {
    ends.entrySet().stream()
        .filter(end -> at.isAfter(end.getValue()))
        .map(Map.Entry::getKey)
        .sorted()
        .toList()
        .forEach(this::end);
  }

  /// Writes what has changed to the store.
  public void write() {
    trials.write();
  }
}
