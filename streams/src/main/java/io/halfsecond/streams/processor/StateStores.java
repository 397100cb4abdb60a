package io.halfsecond.streams.processor;

import io.halfsecond.schemas.Alert;
import io.halfsecond.streams.alert.OpenAlerts;
import io.halfsecond.streams.store.ByteStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.api.ProcessingContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/// Kafka Streams' stores, as those see them who must not know Kafka.
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
        try (var scanned = store.prefixScan(prefix, new StringSerializer())) {
          scanned.forEachRemaining(entry -> found.put(entry.key, entry.value));
        }
        return found;
      }
    };
  }

  static ByteStore bytes(ProcessingContext context, String name) {
    KeyValueStore<String, byte[]> store = context.getStateStore(name);
    return new ByteStore() {
      @Override
      public byte @Nullable [] get(String key) {
        return store.get(key);
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
        // Read before it is handed on: a store may be changed in between, and its iterator would
        // notice.
        var found = new ArrayList<KeyValue<String, byte[]>>();
        try (var scanned = store.prefixScan(prefix, new StringSerializer())) {
          scanned.forEachRemaining(found::add);
        }
        found.forEach(entry -> each.accept(entry.key, entry.value));
      }
    };
  }
}
