package io.halfsecond.streams.processor;

import io.halfsecond.schemas.Names;
import io.halfsecond.schemas.Printable;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/// Tells a person of dead letters: the first of a cause at once, those that follow once a minute
/// with their number. A cause is a topic and a reason.
///
/// Safe for use by several threads.
final class DeadLetterLog {
  static final Duration EVERY = Duration.ofMinutes(1);

  private static final int MOST_KEYS = 5;
  private static final int MESSAGE_CHARS = 200;

  /// A record that was rejected.
  ///
  /// @param key as text; shown only if it is a valid name
  record Rejected(
      String topic,
      int partition,
      long offset,
      String key,
      DeadLetterReason reason,
      String message) {

    private String place() {
      return "partition %d, offset %d".formatted(partition, offset);
    }

    /// Without characters that would forge a line of the log.
    private String words() {
      return Printable.of(message, MESSAGE_CHARS);
    }
  }

  private record Cause(String topic, DeadLetterReason reason) {}

  /// What was not told yet.
  private static final class Tally {
    private final Instant since;
    private long count;
    private final Set<String> keys = new LinkedHashSet<>();
    private boolean otherKeys;
    private String last = "";

    Tally(Instant since) {
      this.since = since;
    }

    void add(Rejected rejected) {
      count++;
      last = rejected.words();
      if (keys.size() < MOST_KEYS) {
        keys.add(name(rejected.key()));
      } else {
        otherKeys |= !keys.contains(name(rejected.key()));
      }
    }
  }

  private final Consumer<String> output;
  private final Map<Cause, Tally> tallies = new LinkedHashMap<>();

  /// @param output takes each line
  DeadLetterLog(Consumer<String> output) {
    this.output = output;
  }

  synchronized void add(Rejected rejected, Instant now) {
    tell(now);
    var tally = tallies.get(new Cause(rejected.topic(), rejected.reason()));
    if (tally != null) {
      tally.add(rejected);
      return;
    }
    tallies.put(new Cause(rejected.topic(), rejected.reason()), new Tally(now));
    output.accept(
        "topic %s: a record is not used (%s): %s; %s, key %s. More like it are told once a minute."
            .formatted(
                rejected.topic(),
                rejected.reason().label(),
                rejected.words(),
                rejected.place(),
                name(rejected.key())));
  }

  /// Tells what has come to be due. Also called regularly, for what came last.
  synchronized void tell(Instant now) {
    var each = tallies.entrySet().iterator();
    while (each.hasNext()) {
      var entry = each.next();
      var tally = entry.getValue();
      // The clock may have been set back.
      boolean due =
          now.isBefore(tally.since)
              || !Duration.between(tally.since, now).minus(EVERY).isNegative();
      if (!due) {
        continue;
      }
      if (tally.count > 0) {
        output.accept(line(entry.getKey(), tally));
        entry.setValue(new Tally(now));
      } else {
        each.remove();
      }
    }
  }

  private static String line(Cause cause, Tally tally) {
    return "topic %s: %,d more records were not used within a minute (%s), the last: %s; keys %s%s"
        .formatted(
            cause.topic(),
            tally.count,
            cause.reason().label(),
            tally.last,
            String.join(", ", tally.keys),
            tally.otherKeys ? " and others" : "");
  }

  private static String name(String key) {
    return Names.COHORT.matcher(key).matches() ? key : "(invalid)";
  }
}
