package io.halfsecond.streams.processor;

import io.halfsecond.schemas.AvroSerde;
import io.halfsecond.schemas.CohortProfile;
import io.halfsecond.schemas.WriterSchemas;
import io.halfsecond.streams.cohort.Profile;
import io.halfsecond.streams.cohort.Profiles;
import io.halfsecond.streams.measurement.SignalKey;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessingContext;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The published profiles, in a global store with the keys and bytes of their topic.
///
/// It holds bytes because Kafka Streams restores a global store without deserialising it. A profile
/// that is unreadable is noticed when it is used, and skipped.
public final class ProfileStore {
  private static final Logger LOG = LoggerFactory.getLogger(ProfileStore.class);

  private ProfileStore() {}

  /// The key of a profile: its key in the detector, an at sign, and the time from which it is valid
  /// in a form that sorts by time.
  public static String key(CohortProfile profile) {
    return key(
        new SignalKey(profile.getCohort(), profile.getSignal(), profile.getStratum()),
        profile.getEffectiveFrom());
  }

  private static String key(SignalKey cohort, Instant from) {
    return "%s@%012d".formatted(cohort.text(), Math.max(0, from.getEpochSecond()));
  }

  /// Writes published profiles into the store. The first profile for a key is final.
  public static Processor<String, byte[], Void, Void> writer(String storeName) {
    return new ContextualProcessor<>() {
      @Override
      public void process(Record<String, byte[]> record) {
        KeyValueStore<String, byte[]> store = context().getStateStore(storeName);
        if (record.key() != null && record.value() != null) {
          store.putIfAbsent(record.key(), record.value());
        }
      }
    };
  }

  /// The profiles in the store of a processor.
  ///
  /// @param schemas of other versions, which may have published some
  static Profiles in(ProcessingContext context, String storeName, WriterSchemas schemas) {
    ReadOnlyKeyValueStore<String, byte[]> store = context.getStateStore(storeName);
    return new Reader(store, AvroSerde.of(CohortProfile.class).reading(schemas));
  }

  private static final class Reader implements Profiles {
    private final ReadOnlyKeyValueStore<String, byte[]> store;
    private final AvroSerde<CohortProfile> serde;
    private final Map<String, Optional<Profile>> read = new HashMap<>();

    private Reader(ReadOnlyKeyValueStore<String, byte[]> store, AvroSerde<CohortProfile> serde) {
      this.store = store;
      this.serde = serde;
    }

    @Override
    public Optional<Profile> at(SignalKey cohort, Instant at) {
      try (var found = store.reverseRange(key(cohort, at.minus(VALID)), key(cohort, at))) {
        while (found.hasNext()) {
          var entry = found.next();
          var profile = read.computeIfAbsent(entry.key, key -> read(key, entry.value));
          if (profile.isPresent()) {
            return profile;
          }
        }
        return Optional.empty();
      }
    }

    @Override
    public boolean anyBetween(SignalKey cohort, Instant from, Instant to) {
      try (var found = store.range(key(cohort, from), key(cohort, to.minusSeconds(1)))) {
        return found.hasNext();
      }
    }

    private Optional<Profile> read(String key, byte[] bytes) {
      try {
        return Optional.of(Profile.of(serde.decode(bytes)));
      } catch (SerializationException | IllegalArgumentException e) {
        LOG.warn("Profile {} is skipped: {}", key, e.getMessage());
        return Optional.empty();
      }
    }
  }
}
