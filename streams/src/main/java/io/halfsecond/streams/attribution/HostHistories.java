package io.halfsecond.streams.attribution;

import io.halfsecond.schemas.AvroSerde;
import io.halfsecond.schemas.Change;
import io.halfsecond.schemas.HostFingerprint;
import io.halfsecond.schemas.HostHistory;
import io.halfsecond.schemas.SshdProcess;
import io.halfsecond.streams.measurement.Look;
import io.halfsecond.streams.store.ByteStore;
import io.halfsecond.streams.store.Times;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/// What is known of the hosts' sshds: what each is made of now, what has changed of late, and when
/// it was last looked at.
///
/// **Guarantees** the same looks in the same order give the same bytes; one that is no later than
/// the last says nothing. Not safe for use by several threads.
public final class HostHistories {
  /// An alert that opens on a slow drift may be about weeks ago.
  private static final Duration KEPT = Duration.ofDays(30);

  /// An upgrade of a distribution changes all of the 30 files that sshd is made of.
  private static final int MOST_CHANGES = 64;

  /// No host's name has a number sign in it.
  private static final String LOOKED_AT = "#looked-at";

  private final ByteStore store;
  private final AvroSerde<HostHistory> serde = AvroSerde.of(HostHistory.class);

  /// @param store of this class alone
  public HostHistories(ByteStore store) {
    this.store = store;
  }

  /// @return whether anything is known now that was not before
  public boolean take(String host, Look look) {
    boolean newer = lookedAt(host).filter(last -> !look.at().isAfter(last)).isEmpty();
    if (newer) {
      Times.put(store, host + LOOKED_AT, look.at());
    }
    // A heartbeat that tells of the same look may have come first.
    boolean told = look.fingerprint().filter(fingerprint -> take(host, fingerprint)).isPresent();
    return newer || told;
  }

  private boolean take(String host, HostFingerprint fingerprint) {
    var known = of(host);
    if (known
        .filter(history -> !fingerprint.getAt().isAfter(history.getLatest().getAt()))
        .isPresent()) {
      return false;
    }
    var changes = known.map(history -> with(history, fingerprint)).orElse(List.of());
    var monitored = ObjectChanges.in(fingerprint, SshdProcess.MONITOR);
    store.put(
        host,
        serde.encode(
            HostHistory.newBuilder()
                .setLatest(fingerprint)
                .setMonitored(
                    monitored.isEmpty()
                        ? known.map(HostHistory::getMonitored).orElse(List.of())
                        : monitored)
                .setSince(known.map(HostHistory::getSince).orElse(fingerprint.getAt()))
                .setChanges(changes)
                .build()));
    return true;
  }

  /// A host that is gone.
  public void forget(String host) {
    store.delete(host);
    store.delete(host + LOOKED_AT);
  }

  private static List<Change> with(HostHistory history, HostFingerprint fingerprint) {
    var changes = new ArrayList<Change>(history.getChanges());
    changes.addAll(Changes.since(history, fingerprint));
    changes.removeIf(change -> change.getAt().isBefore(fingerprint.getAt().minus(KEPT)));
    return changes.subList(Math.max(0, changes.size() - MOST_CHANGES), changes.size());
  }

  /// @return empty if it was never looked what the host's sshd is made of
  public Optional<HostHistory> of(String host) {
    byte[] bytes = store.get(host);
    return bytes == null ? Optional.empty() : Optional.of(serde.decode(bytes));
  }

  /// All whose name begins with the prefix, in the order of their names.
  public void scan(String prefix, BiConsumer<String, HostHistory> each) {
    store.scan(
        prefix,
        (host, bytes) -> {
          if (!host.endsWith(LOOKED_AT)) {
            each.accept(host, serde.decode(bytes));
          }
        });
  }

  /// When it was last looked.
  public Optional<Instant> lookedAt(String host) {
    return Times.get(store, host + LOOKED_AT);
  }
}
