package io.halfsecond.streams.processor;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AvroSerde;
import io.halfsecond.streams.alert.OpenAlerts;
import io.halfsecond.streams.store.ByteStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.api.ProcessingContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/// Adapters of Kafka Streams' stores for packages that do not depend on Kafka.
final class StateStores {
  private StateStores() {}

  static OpenAlerts.Store alerts(KeyValueStore<String, Alert> store) {
    return new OpenAlerts.Store() {
      @Override
      public Optional<Alert> get(String key) {
        return Optional.ofNullable(store.get(key));
      }

      @Override
      public void put(String key, Alert alert) {
        store.put(key, alert);
      }

      @Override
      public Optional<Alert> delete(String key) {
        return Optional.ofNullable(store.delete(key));
      }

      @Override
      public Map<String, Alert> beginningWith(String prefix) {
        var found = new LinkedHashMap<String, Alert>();
        try (var scanned = StateStores.scan(store, prefix)) {
          scanned.forEachRemaining(
              entry -> {
                if (entry.value != null) {
                  found.put(entry.key, entry.value);
                }
              });
        }
        return found;
      }
    };
  }

  private static <V> KeyValueIterator<String, V> scan(
      KeyValueStore<String, V> store, String prefix) {
    return prefix.isEmpty() ? store.all() : store.prefixScan(prefix, new StringSerializer());
  }

  static ByteStore bytes(ProcessingContext context, String name) {
    return bytes(context, name, UnaryOperator.identity());
  }

  /// A store of encoded records, perhaps among other values. Those of another version are read as
  /// this version writes them. One of a kind that only a newer version knows stays in the store
  /// unread, until a newer version runs again.
  static ByteStore records(ProcessingContext context, String name, AvroSerde<?> serde) {
    return bytes(context, name, bytes -> KnownKinds.orNull(name, () -> serde.renewed(bytes)));
  }

  private static ByteStore bytes(
      ProcessingContext context, String name, UnaryOperator<byte @Nullable []> read) {
    KeyValueStore<String, byte[]> store = context.getStateStore(name);
    return new ByteStore() {
      @Override
      public byte @Nullable [] get(String key) {
        var bytes = store.get(key);
        return bytes == null ? null : read.apply(bytes);
      }

      @Override
      public void put(String key, byte[] value) {
        store.put(key, value);
      }

      @Override
      public void delete(String key) {
        store.delete(key);
      }

      @Override
      public void scan(String prefix, BiConsumer<String, byte[]> each) {
        // The callback may change the store, so everything is read before the first call.
        var found = new ArrayList<KeyValue<String, byte[]>>();
        try (var scanned = StateStores.scan(store, prefix)) {
          scanned.forEachRemaining(found::add);
        }
        for (var entry : found) {
          var bytes = read.apply(entry.value);
          if (bytes != null) {
            each.accept(entry.key, bytes);
          }
        }
      }
    };
  }
}
