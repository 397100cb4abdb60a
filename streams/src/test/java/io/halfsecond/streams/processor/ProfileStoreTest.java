package io.halfsecond.streams.processor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.schemas.AvroSerde;
import io.halfsecond.schemas.CohortProfile;
import io.halfsecond.schemas.Signal;
import io.halfsecond.schemas.WriterSchemas;
import io.halfsecond.streams.cohort.Profiles;
import io.halfsecond.streams.measurement.SignalKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProfileStoreTest {
  private static final AvroSerde<CohortProfile> SERDE = AvroSerde.of(CohortProfile.class);
  private static final SignalKey COHORT = new SignalKey("debian-12", Signal.STARTUP, "all");
  private static final Instant START = Instant.parse("2024-03-29T00:00:00Z");

  private final MockProcessorContext<Void, Void> context = new MockProcessorContext<>();
  private final KeyValueStore<String, byte[]> store =
      Stores.keyValueStoreBuilder(
              Stores.inMemoryKeyValueStore("profiles"), Serdes.String(), Serdes.ByteArray())
          .withLoggingDisabled()
          .build();

  @BeforeEach
  void open() {
    store.init(context.getStateStoreContext(), store);
    context.addStateStore(store);
  }

  @AfterEach
  void close() {
    store.close();
  }

  /// Profiles of all ages, some of them published while others are in use, and of another cohort.
  @Test
  void should_find_the_profile_in_force_at_any_time_in_any_order() {
    var random = new SplittableRandom(3);
    var profiles = ProfileStore.in(context, "profiles", WriterSchemas.NONE);
    var published = new TreeMap<Long, Double>();
    for (int n = 0; n < 2_000; n++) {
      if (random.nextInt(50) == 0) {
        var from = START.plus(Duration.ofHours(random.nextInt(24 * 60)));
        if (published.putIfAbsent(from.getEpochSecond(), n / 1e3) == null) {
          publish("debian-12", from, n / 1e3);
          publish("debian-13", from.plusSeconds(60), 9);
        }
      }
      var at = START.plusMillis(random.nextLong(Duration.ofDays(70).toMillis()));
      if (random.nextBoolean() && !published.isEmpty()) {
        var edge = published.firstKey() + Profiles.VALID.toSeconds() * random.nextInt(2);
        at = Instant.ofEpochSecond(edge + random.nextInt(-2, 3));
      }

      var expected = published.floorEntry(at.getEpochSecond());
      boolean valid =
          expected != null && expected.getKey() >= at.minus(Profiles.VALID).getEpochSecond();
      var found = profiles.at(COHORT, at);
      assertThat(found.isPresent()).as("%s at %s", published, at).isEqualTo(valid);
      if (valid) {
        assertThat(found.get().logMedian()).isEqualTo(expected.getValue());
      }
    }
  }

  @Test
  void should_pass_over_what_is_no_profile() {
    publish("debian-12", START, 1);
    store.put("debian-12/startup/all@" + "9".repeat(12), "garbage".getBytes(UTF_8));
    store.put("debian-12/startup/all@00171166", "garbage".getBytes(UTF_8));
    store.put("debian-12/startup/all@5 apples", "garbage".getBytes(UTF_8));
    var profiles = ProfileStore.in(context, "profiles", WriterSchemas.NONE);

    assertThat(profiles.at(COHORT, START.plusSeconds(5))).isPresent();
    assertThat(profiles.at(COHORT, START.plusSeconds(6))).isPresent();
    assertThat(profiles.at(COHORT, START.minusSeconds(6))).isEmpty();
  }

  private void publish(String cohort, Instant from, double logMedian) {
    var profile =
        CohortProfile.newBuilder()
            .setCohort(cohort)
            .setSignal(Signal.STARTUP)
            .setStratum("all")
            .setEffectiveFrom(from)
            .setHosts(6)
            .setConnections(1_000)
            .setLogMedian(logMedian)
            .setLogMedianDeviation(0.1)
            .setShape(Collections.nCopies(65, 0f))
            .build();
    store.put(ProfileStore.key(profile), SERDE.encode(profile));
  }
}
