package io.halfsecond.schemas.travel;

import io.halfsecond.schemas.RecordSchemas;
import io.halfsecond.schemas.WriterSchemas;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;

/// The schemas of other versions that were read from their topic, by fingerprint.
///
/// **Guarantees** each has passed [SchemaCheck]; none replaces a schema that this version was built
/// with; of two with one fingerprint neither is used; there are never more than [#MOST]. Waiting
/// for one that is missing is bounded (see [WaitBudget]). Safe for use by several threads.
public final class TravelledSchemas implements WriterSchemas {
  /// One version in use writes twelve.
  public static final int MOST = 256;

  /// How long to wait for a schema.
  ///
  /// @param forOne for one fingerprint, once
  /// @param forAll within ten minutes
  public record Patience(Duration forOne, Duration forAll) {
    public static final Patience NONE = new Patience(Duration.ZERO, Duration.ZERO);

    /// For a topology. A new collector writes its schemas before its first record, but on another
    /// topic; these come up to some seconds later. The total is below the timeouts of a poll and of
    /// a transaction, so that invented fingerprints do not stop a stream thread.
    public static final Patience OF_TOPOLOGY =
        new Patience(Duration.ofSeconds(10), Duration.ofSeconds(30));

    /// For a command that a person waits for.
    public static final Patience OF_COMMAND =
        new Patience(Duration.ofSeconds(1), Duration.ofSeconds(3));
  }

  /// How a search for an unknown schema ended.
  public enum Wait {
    ARRIVED,
    MISSING,
    /** It was waited for before, or for too many others. */
    NOT_WAITED;

    /// The value of a metric's label.
    public String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  private record Known(Schema schema, String canonical) {}

  /// Canonical forms by fingerprint.
  private static final Map<Long, String> BUILT =
      RecordSchemas.built()
          .collect(
              Collectors.toUnmodifiableMap(
                  SchemaNormalization::parsingFingerprint64,
                  SchemaNormalization::toParsingForm,
                  (a, _) -> a));

  private final LongSupplier nanoTime;
  private final WaitBudget budget;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrival = lock.newCondition();
  private final Map<Long, Known> known = new ConcurrentHashMap<>();
  private final Set<Long> disputed = new HashSet<>();
  private final Map<Refusal, LongAdder> refused = adders(Refusal.class);
  private final Map<Wait, LongAdder> waits = adders(Wait.class);

  public TravelledSchemas(Patience patience) {
    this(patience, System::nanoTime);
  }

  TravelledSchemas(Patience patience, LongSupplier nanoTime) {
    this.budget = new WaitBudget(patience.forOne, patience.forAll);
    this.nanoTime = nanoTime;
  }

  private static <E extends Enum<E>> Map<E, LongAdder> adders(Class<E> type) {
    var adders = new EnumMap<E, LongAdder>(type);
    for (var each : type.getEnumConstants()) {
      adders.put(each, new LongAdder());
    }
    return adders;
  }

  /// Takes what is on the topic.
  ///
  /// @param key of the record, the fingerprint
  /// @param json value of the record, the schema
  /// @throws RefusedSchemaException if the schema must not be used; it is counted
  public void take(String key, String json) throws RefusedSchemaException {
    try {
      long fingerprint = SchemaCheck.fingerprint(key);
      var built = BUILT.get(fingerprint);
      if (built == null) {
        add(fingerprint, json);
      } else if (!json.equals(built)
          && !SchemaNormalization.toParsingForm(SchemaCheck.check(fingerprint, json))
              .equals(built)) {
        throw disputed(fingerprint);
      }
    } catch (RefusedSchemaException e) {
      count(refused, e.refusal());
      throw e;
    }
  }

  private void add(long fingerprint, String json) throws RefusedSchemaException {
    var present = known.get(fingerprint);
    // Every start of every process writes its schemas again.
    if (present != null && json.equals(present.canonical)) {
      return;
    }
    var schema = SchemaCheck.check(fingerprint, json);
    var canonical = SchemaNormalization.toParsingForm(schema);
    lock.lock();
    try {
      if (disputed.contains(fingerprint)) {
        throw disputed(fingerprint);
      }
      present = known.get(fingerprint);
      if (present != null && !present.canonical.equals(canonical)) {
        known.remove(fingerprint);
        disputed.add(fingerprint);
        throw disputed(fingerprint);
      }
      if (present == null && known.size() + disputed.size() >= MOST) {
        throw new RefusedSchemaException(
            Refusal.FULL, "%s: %d others are known".formatted(SchemaCheck.key(fingerprint), MOST));
      }
      known.put(fingerprint, new Known(schema, canonical));
      budget.arrived(fingerprint, nanoTime.getAsLong());
      arrival.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private static RefusedSchemaException disputed(long fingerprint) {
    return new RefusedSchemaException(
        Refusal.DISPUTED,
        SchemaCheck.key(fingerprint) + ": two schemas have this fingerprint, one is forged");
  }

  @Override
  public Optional<Schema> find(String type, long fingerprint) {
    return Optional.ofNullable(known.get(fingerprint))
        .or(() -> await(fingerprint))
        .map(Known::schema)
        .filter(schema -> schema.getFullName().equals(type));
  }

  private Optional<Known> await(long fingerprint) {
    lock.lock();
    try {
      long left = budget.nanosFor(fingerprint, nanoTime.getAsLong());
      boolean waited = left > 0;
      while (left > 0 && !known.containsKey(fingerprint)) {
        left = arrival.awaitNanos(left);
      }
      var found = Optional.ofNullable(known.get(fingerprint));
      count(waits, found.isPresent() ? Wait.ARRIVED : waited ? Wait.MISSING : Wait.NOT_WAITED);
      return found;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  private static <E> void count(Map<E, LongAdder> adders, E what) {
    var adder = adders.get(what);
    if (adder != null) {
      adder.increment();
    }
  }

  /// How many schemas of other versions are known.
  public int knownCount() {
    return known.size();
  }

  public long refusedCount(Refusal why) {
    return refused.getOrDefault(why, new LongAdder()).sum();
  }

  public long waitCount(Wait how) {
    return waits.getOrDefault(how, new LongAdder()).sum();
  }
}
