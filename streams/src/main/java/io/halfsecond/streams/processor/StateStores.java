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

  static OpenAlerts.Store alerts(ProcessingContext context, String name, AvroSerde<Alert> serde) {
    var store = records(context, name, serde);
    return new OpenAlerts.Store() {
      @Override
      public Optional<Alert> get(String key) {
        return store.read(key, serde::decode);
      }

      @Override
      public void put(String key, Alert alert) {
        store.put(key, serde.encode(alert));
      }

      @Override
      public Optional<Alert> delete(String key) {
        var before = get(key);
        store.delete(key);
        return before;
      }

      @Override
      public Map<String, Alert> beginningWith(String prefix) {
        var found = new LinkedHashMap<String, Alert>();
        store.scan(
            prefix,
            (key, bytes) ->
                store.decoded(key, bytes, serde::decode).ifPresent(alert -> found.put(key, alert)));
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
    var handlers = DeadLetters.HandlerContext.in(context.appConfigs());
    return new ByteStore() {
      @Override
      public byte @Nullable [] get(String key) {
        return readable(key, store.get(key));
      }

      private byte @Nullable [] readable(String key, byte @Nullable [] bytes) {
        return bytes == null
            ? null
            : decoded(key, bytes, found -> Optional.ofNullable(read.apply(found)))
                .flatMap(found -> found)
                .orElse(null);
      }

      @Override
      public void setAside(String key, RuntimeException why) {
        handlers.setAside(name, key, why);
        store.delete(key);
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
          var bytes = readable(entry.key, entry.value);
          if (bytes != null) {
            each.accept(entry.key, bytes);
          }
        }
      }
    };
  }
}
