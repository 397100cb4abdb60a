package io.halfsecond.streams.attribution;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.halfsecond.schemas.AvroSerde;
import io.halfsecond.schemas.Change;
import io.halfsecond.schemas.HostFingerprint;
import io.halfsecond.schemas.HostHistory;
import io.halfsecond.schemas.MappedObject;
import io.halfsecond.schemas.SshdProcess;
import io.halfsecond.streams.measurement.Inspection;
import io.halfsecond.streams.store.ByteStore;
import io.halfsecond.streams.store.Times;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/// The histories of hosts: the latest fingerprint, recent changes, and the time of the last
/// inspection.
///
/// **Guarantees** that the same inspections in the same order give the same bytes. An inspection
/// that is no later than the last one is ignored. Not safe for use by several threads.
public final class HostHistories {
  /// An alert on a slow drift may have an onset weeks ago.
  private static final Duration KEPT = Duration.ofDays(30);

  /// A distribution upgrade changes all 30 files of sshd.
  private static final int MOST_CHANGES = 64;

  /// Kafka's limit of a record is 1 MiB, with its key and headers.
  private static final int MOST_BYTES = 900_000;

  /// No host name contains a number sign.
  private static final String INSPECTED_AT = "#inspected-at";

  private final ByteStore store;
  private final AvroSerde<HostHistory> serde = AvroSerde.of(HostHistory.class);

  /// @param store of this class alone
  public HostHistories(ByteStore store) {
    this.store = store;
  }

  /// @return whether the history has changed
  public boolean take(String host, Inspection inspection) {
    boolean newer = inspectedAt(host).filter(last -> !inspection.at().isAfter(last)).isEmpty();
    if (newer) {
      Times.put(store, host + INSPECTED_AT, inspection.at());
    }
    // A heartbeat that reports the same inspection may have come first.
    boolean added =
        inspection.fingerprint().filter(fingerprint -> take(host, fingerprint)).isPresent();
    return newer || added;
  }

  private boolean take(String host, HostFingerprint fingerprint) {
    var known = of(host);
    if (known
        .filter(history -> !fingerprint.getAt().isAfter(history.getLatest().getAt()))
        .isPresent()) {
      return false;
    }
    var history =
        HostHistory.newBuilder()
            .setLatest(fingerprint)
            .setMonitored(ofConnections(known, fingerprint))
            .setSince(known.map(HostHistory::getSince).orElse(fingerprint.getAt()))
            .setChanges(known.map(before -> with(before, fingerprint)).orElse(List.of()))
            .build();
    store.put(host, encoded(history));
    return true;
  }

  /// Without the oldest changes, if it would be larger than a record of the changelog may be.
  private byte[] encoded(HostHistory history) {
    var bytes = serde.encode(history);
    while (bytes.length > MOST_BYTES && !history.getChanges().isEmpty()) {
      var changes = history.getChanges();
      history.setChanges(changes.subList(changes.size() / 2 + 1, changes.size()));
      bytes = serde.encode(history);
    }
    return bytes;
  }

  /// Of each kind of process that serves connections, the objects of the last fingerprint that has
  /// any.
  private static List<MappedObject> ofConnections(
      Optional<HostHistory> known, HostFingerprint fingerprint) {
    return Stream.of(SshdProcess.MONITOR, SshdProcess.PREAUTH)
        .flatMap(
            process -> {
              var now = ObjectChanges.in(process, fingerprint.getObjects());
              var objects =
                  now.isEmpty()
                      ? ObjectChanges.in(
                          process, known.map(HostHistory::getMonitored).orElse(List.of()))
                      : now;
              return objects.stream()
                  .map(
                      object ->
                          MappedObject.newBuilder(object).setProcesses(List.of(process)).build());
            })
        .toList();
  }

  /// Forgets a host.
  public void forget(String host) {
    store.delete(host);
    store.delete(host + INSPECTED_AT);
  }

  private static List<Change> with(HostHistory history, HostFingerprint fingerprint) {
    var changes = new ArrayList<Change>(history.getChanges());
    changes.addAll(Changes.since(history, fingerprint));
    changes.removeIf(change -> change.getAt().isBefore(fingerprint.getAt().minus(KEPT)));
    return changes.subList(Math.max(0, changes.size() - MOST_CHANGES), changes.size());
  }

  /// @return empty if the host was never inspected
  public Optional<HostHistory> of(String host) {
    return store.read(host, serde::decode);
  }

  /// All hosts whose name begins with the prefix, in the order of their names.
  public void scan(String prefix, BiConsumer<String, HostHistory> each) {
    scanEncoded(
        prefix,
        (host, encoded) -> encoded.decoded().ifPresent(history -> each.accept(host, history)));
  }

  /// As [#scan], for a caller that needs few of the histories: to decode one takes longer than to
  /// read it.
  public void scanEncoded(String prefix, BiConsumer<String, Encoded> each) {
    store.scan(
        prefix,
        (host, bytes) -> {
          if (!host.endsWith(INSPECTED_AT)) {
            each.accept(host, new Encoded(host, bytes));
          }
        });
  }

  /// A history as it is stored.
  public final class Encoded {
    private final String host;
    private final byte[] bytes;

    private Encoded(String host, byte[] bytes) {
      this.host = host;
      this.bytes = bytes;
    }

    /// Whether a field may have all of these texts. Avro writes a text as its bytes in UTF-8, so a
    /// history without these bytes has no such text.
    public boolean mayHave(List<String> texts) {
      // Java searches a text of single bytes several at a time.
      var all = new String(bytes, ISO_8859_1);
      return texts.stream()
          .allMatch(text -> all.contains(new String(text.getBytes(UTF_8), ISO_8859_1)));
    }

    /// Empty if it cannot be read.
    public Optional<HostHistory> decoded() {
      return store.decoded(host, bytes, serde::decode);
    }
  }

  /// When the host was last inspected.
  public Optional<Instant> inspectedAt(String host) {
    return Times.get(store, host + INSPECTED_AT);
  }
}
