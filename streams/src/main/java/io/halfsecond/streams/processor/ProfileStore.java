package io.halfsecond.streams.processor;

import io.halfsecond.schemas.AvroSerde;
import io.halfsecond.schemas.CohortProfile;
import io.halfsecond.schemas.WriterSchemas;
import io.halfsecond.streams.cohort.Profile;
import io.halfsecond.streams.cohort.Profiles;
import io.halfsecond.streams.measurement.SignalKey;
import io.halfsecond.streams.telemetry.Checks;
import io.halfsecond.streams.telemetry.CohortChecks;
import io.halfsecond.streams.telemetry.InsaneRecordException;
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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The published profiles, in a global store with the keys and bytes of their topic.
///
/// It holds bytes because Kafka Streams restores a global store without processing it. A profile
/// that is not valid may come into the store by that way; it is skipped when it is used.
public final class ProfileStore {
  private static final Logger LOG = LoggerFactory.getLogger(ProfileStore.class);

  /// Enough for any time that Kafka knows, so that keys sort by time.
  private static final int SECONDS_DIGITS = 12;

  private ProfileStore() {}

  /// The key of a profile: its key in the detector, an at sign, and the time from which it is valid
  /// in a form that sorts by time.
  public static String key(CohortProfile profile) {
    return key(
        new SignalKey(profile.getCohort(), profile.getSignal(), profile.getStratum()),
        profile.getEffectiveFrom());
  }

  private static String key(SignalKey cohort, Instant from) {
    var seconds = Long.toString(Math.max(0, from.getEpochSecond()));
    var zeros = "0".repeat(Math.max(0, SECONDS_DIGITS - seconds.length()));
    return cohort.text() + "@" + zeros + seconds;
  }

  /// Writes published profiles into the store. The first profile for a key is final. What is not a
  /// valid profile is counted and told by [DeadLetters]. It gets no dead letter: every instance
  /// reads the topic, in a task that cannot write.
  public static Processor<String, byte[], Void, Void> writer(String storeName) {
    var serde = AvroSerde.of(CohortProfile.class);
    return new ContextualProcessor<>() {
      @Override
      public void process(Record<String, byte[]> record) {
        KeyValueStore<String, byte[]> store = context().getStateStore(storeName);
        try {
          valid(serde, record.key(), Checks.present(record.value()));
          store.putIfAbsent(record.key(), record.value());
        } catch (SerializationException | InsaneRecordException | IllegalArgumentException e) {
          DeadLetters.skip(context(), record.key(), e);
        }
      }
    };
  }

  /// @throws SerializationException if the bytes are not a profile
  /// @throws InsaneRecordException if it cannot be true, or is not that of the key
  /// @throws IllegalArgumentException as [Profile#of]
  private static Profile valid(AvroSerde<CohortProfile> serde, @Nullable String key, byte[] bytes) {
    var profile = serde.decode(bytes);
    CohortChecks.check(key, profile, ProfileStore::key);
    return Profile.of(profile);
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
        return Optional.of(valid(serde, key, bytes));
      } catch (SerializationException | InsaneRecordException | IllegalArgumentException e) {
        LOG.warn("Profile {} is skipped: {}", key, e.getMessage());
        return Optional.empty();
      }
    }
  }
}
