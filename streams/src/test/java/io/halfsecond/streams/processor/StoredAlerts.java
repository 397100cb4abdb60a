package io.halfsecond.streams.processor;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AvroSerde;
import io.halfsecond.streams.alert.OpenAlerts;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;

/// Alerts in a store of Kafka Streams, as bytes that a test gives.
public final class StoredAlerts {
  private static final String STORE = "open-alerts";

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final KeyValueStore<String, byte[]> store =
      Stores.keyValueStoreBuilder(
              Stores.inMemoryKeyValueStore(STORE), Serdes.String(), Serdes.ByteArray())
          .withLoggingDisabled()
          .build();
  private final OpenAlerts.Store alerts;

  public StoredAlerts(AvroSerde<Alert> serde, Map<String, byte[]> values) {
    var properties = new Properties();
    properties.put(
        DeadLetters.CONTEXT,
        new DeadLetters.HandlerContext(registry, InstantSource.system(), RecordsInHand.none()));
    var context = new MockProcessorContext<Void, Void>(properties);
    store.init(context.getStateStoreContext(), (StateStore) store);
    context.addStateStore(store);
    values.forEach(store::put);
    alerts = StateStores.alerts(context, STORE, serde);
  }

  public OpenAlerts.Store alerts() {
    return alerts;
  }

  /// What is in the store now.
  public List<String> keys() {
    var keys = new ArrayList<String>();
    try (var all = store.all()) {
      all.forEachRemaining(entry -> keys.add(entry.key));
    }
    return keys;
  }

  /// How many values were removed because they could not be read.
  public double setAside() {
    return registry.get("halfsecond.states.set.aside").tag("store", STORE).counter().count();
  }
}
