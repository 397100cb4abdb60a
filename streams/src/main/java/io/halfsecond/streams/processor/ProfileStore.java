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
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
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

  private static final long LAST_SECOND = 999_999_999_999L;
  private static final Pattern IN_FORM = Pattern.compile("@[0-9]{%d}\\z".formatted(SECONDS_DIGITS));

  private ProfileStore() {}

  /// The key of a profile: its key in the detector, an at sign, and the time from which it is valid
  /// in a form that sorts by time.
  public static String key(CohortProfile profile) {
    return key(
        new SignalKey(profile.getCohort(), profile.getSignal(), profile.getStratum()),
        profile.getEffectiveFrom());
  }

  private static String key(SignalKey cohort, Instant from) {
    var seconds = Long.toString(Math.clamp(from.getEpochSecond(), 0, LAST_SECOND));
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
          FailedRecordException.handle(
              () -> valid(serde, record.key(), Checks.present(record.value())));
        } catch (RuntimeException e) {
          DeadLetters.skip(context(), record.key(), e);
          return;
        }
        store.putIfAbsent(record.key(), record.value());
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
    /// What was found for a cohort, and from when to before when it is in force.
    ///
    /// @param profiles how many the store had: none is ever replaced or removed
    private record Found(Optional<Profile> profile, Instant from, Instant to, long profiles) {
      private boolean holds(Instant at, long now) {
        return profiles == now && !at.isBefore(from) && at.isBefore(to);
      }
    }

    private final ReadOnlyKeyValueStore<String, byte[]> store;
    private final AvroSerde<CohortProfile> serde;
    private final Map<String, Optional<Profile>> read = new HashMap<>();
    private final Map<SignalKey, Found> last = new HashMap<>();

    private Reader(ReadOnlyKeyValueStore<String, byte[]> store, AvroSerde<CohortProfile> serde) {
      this.store = store;
      this.serde = serde;
    }

    @Override
    public Optional<Profile> at(SignalKey cohort, Instant at) {
      long profiles = store.approximateNumEntries();
      var known = last.get(cohort);
      if (known == null || !known.holds(at, profiles)) {
        known = find(cohort, at.truncatedTo(ChronoUnit.SECONDS), profiles);
        last.put(cohort, known);
      }
      return known.profile;
    }

    private Found find(SignalKey cohort, Instant at, long profiles) {
      var next = next(cohort, at);
      try (var found = store.reverseRange(key(cohort, at.minus(VALID)), key(cohort, at))) {
        while (found.hasNext()) {
          var entry = found.next();
          var profile = read.computeIfAbsent(entry.key, key -> read(key, entry.value));
          if (profile.isPresent()) {
            var from = from(entry.key);
            var outdated = from.plus(VALID).plusSeconds(1);
            return new Found(profile, from, next.isBefore(outdated) ? next : outdated, profiles);
          }
        }
        return new Found(Optional.empty(), at, next, profiles);
      }
    }

    /// When the next profile may take effect.
    private Instant next(SignalKey cohort, Instant at) {
      try (var later = store.range(key(cohort, at.plusSeconds(1)), key(cohort, Instant.MAX))) {
        if (!later.hasNext()) {
          return Instant.MAX;
        }
        var key = later.next().key;
        // Not every key need be one that this class has made.
        return IN_FORM.matcher(key).find() ? from(key) : at.plusSeconds(1);
      }
    }

    private static Instant from(String key) {
      return Instant.ofEpochSecond(Long.parseLong(key.substring(key.length() - SECONDS_DIGITS)));
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
      } catch (RuntimeException e) {
        LOG.warn("Profile {} is skipped: {}", key, e.toString());
        return Optional.empty();
      }
    }
  }
}
