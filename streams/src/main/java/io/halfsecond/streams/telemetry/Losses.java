package io.halfsecond.streams.telemetry;

import io.halfsecond.schemas.Bounds;
import io.halfsecond.schemas.TelemetryLoss;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What was lost of the telemetry of one host: totals by reason, and the newest losses with their
/// times.
///
/// Not safe for use by several threads.
public final class Losses {
  /// No record is lost, but nothing was measured between two runs of a collector.
  public static final String RESTART = "restart";

  /// A connection of which evidence was lost.
  public static final String INCOMPLETE = "incomplete";

  /// Numbers that a collector gave and that did not arrive, without an account of it.
  public static final String MISSING = "missing";

  /// Records that are too old to be told from duplicates.
  static final String LATE = "late";

  /// A reason that is no label, or one too many.
  private static final String OTHER = "other";

  /// Known whatever a collector invents.
  private static final Set<String> OWN = Set.of(RESTART, INCOMPLETE, MISSING, LATE);

  private static final int MAX_REASONS = 32;
  private static final int MAX_EVENTS = 16;

  /// Losses for one reason within this time are one.
  private static final long TOGETHER_MICROS = Duration.ofMinutes(1).toMillis() * 1_000;

  private record Event(String reason, long count, long sinceMicros, long untilMicros) {}

  private final Map<String, Long> totals = new LinkedHashMap<>();
  private final ArrayDeque<Event> events = new ArrayDeque<>();

  Losses() {}

  /// @param atMicros event time at which the loss was told
  void add(String reason, long count, long atMicros) {
    if (count <= 0) {
      return;
    }
    var label = label(reason);
    totals.merge(label, count, Counts::sum);
    var last = events.peekLast();
    if (last != null
        && last.reason().equals(label)
        && Math.abs(atMicros - last.sinceMicros()) < TOGETHER_MICROS) {
      events.removeLast();
      events.addLast(
          new Event(
              label,
              Counts.sum(last.count(), count),
              Math.min(last.sinceMicros(), atMicros),
              Math.max(last.untilMicros(), atMicros)));
      return;
    }
    events.addLast(new Event(label, count, atMicros, atMicros));
    if (events.size() > MAX_EVENTS) {
      // The newest by event time stay: they decide whether telemetry since some time is complete.
      events.remove(events.stream().min(Comparator.comparingLong(Event::untilMicros)).get());
    }
  }

  private String label(String reason) {
    return OWN.contains(reason)
            || (Bounds.LABEL.matcher(reason).matches()
                && (totals.size() < MAX_REASONS || totals.containsKey(reason)))
        ? reason
        : OTHER;
  }

  /// Numbers of lost records, events and connections since the host was first seen, by reason.
  public Map<String, Long> totals() {
    return Map.copyOf(totals);
  }

  /// The losses that were told at or after an event time, one for each reason, the newest last.
  List<TelemetryLoss> since(Instant from) {
    var byReason = new LinkedHashMap<String, TelemetryLoss>();
    for (var event : events) {
      var until = Instant.EPOCH.plus(event.untilMicros(), ChronoUnit.MICROS);
      if (!until.isBefore(from)) {
        byReason.merge(
            event.reason(),
            new TelemetryLoss(event.reason(), event.count(), until),
            (one, other) ->
                new TelemetryLoss(
                    one.getReason(),
                    Counts.sum(one.getCount(), other.getCount()),
                    one.getAt().isAfter(other.getAt()) ? one.getAt() : other.getAt()));
      }
    }
    return byReason.values().stream().sorted(Comparator.comparing(TelemetryLoss::getAt)).toList();
  }

  void write(DataOutputStream out) throws IOException {
    Counts.write(out, totals);
    out.writeByte(events.size());
    for (var event : events) {
      out.writeUTF(event.reason());
      out.writeLong(event.count());
      out.writeLong(event.sinceMicros());
      out.writeLong(event.untilMicros());
    }
  }

  static Losses read(DataInputStream in) throws IOException {
    var losses = new Losses();
    Counts.read(in, losses.totals);
    int events = in.readUnsignedByte();
    for (int i = 0; i < events; i++) {
      losses.events.addLast(new Event(in.readUTF(), in.readLong(), in.readLong(), in.readLong()));
    }
    return losses;
  }
}
