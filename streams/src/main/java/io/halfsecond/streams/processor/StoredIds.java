package io.halfsecond.streams.processor;

import io.halfsecond.streams.engine.SeenIds;
import io.halfsecond.streams.telemetry.Telemetry;
import java.time.Duration;
import java.time.Instant;
import org.apache.kafka.streams.state.WindowStore;

/// The ids of one partition in a window store.
///
/// **Guarantees** that a record is new only once, within [#MEMORY] of the clock of its host.
public final class StoredIds implements SeenIds {
  /// At one connection a minute on 500 hosts, a day has 1.4 million ids of about 100 bytes: 140 MB
  /// over all partitions.
  public static final Duration MEMORY = Telemetry.Id.REMEMBERED;

  private static final byte[] SEEN = {};

  private final WindowStore<String, byte[]> store;

  StoredIds(WindowStore<String, byte[]> store) {
    this.store = store;
  }

  @Override
  public Answer ask(Telemetry telemetry, Instant clock) {
    return telemetry
        .id()
        .map(
            id ->
                ask(
                    telemetry.host() + "/" + id.text(),
                    telemetry.at().toEpochMilli(),
                    clock.toEpochMilli()))
        .orElse(Answer.NEW);
  }

  /// @param clock of the host. The time of the partition would do as well for honest records, but a
  ///   record that is refused moves it on.
  private Answer ask(String id, long at, long clock) {
    long memory = MEMORY.toMillis();
    if (at < clock - memory) {
      return Answer.LATE;
    }
    // A connection has another time if it is read again from the log instead of from the kernel.
    try (var found = store.fetch(id, at - memory, at + memory)) {
      if (found.hasNext()) {
        return Answer.DUPLICATE;
      }
    }
    store.put(id, SEEN, at);
    return Answer.NEW;
  }
}
