package io.halfsecond.collector.emit;

import io.halfsecond.schemas.Bounds;
import io.halfsecond.schemas.MappedObject;
import io.halfsecond.schemas.StartedProgram;
import io.halfsecond.schemas.Statement;
import io.halfsecond.schemas.TamperFact;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the values of records within the [Bounds] that readers check: a reader rejects the whole
/// record for one of them. What cannot be true is left out, what is too long is cut. It tells of
/// each field once.
///
/// **Guarantees** the same values give the same result. Safe for use by several threads.
final class Bounded {
  private static final Logger LOG = LoggerFactory.getLogger(Bounded.class);

  /// Of file times. A file may claim any 64-bit number of seconds, which microseconds cannot hold.
  private static final Instant EARLIEST = Instant.parse("1900-01-01T00:00:00Z");

  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

  private final Set<String> told = ConcurrentHashMap.newKeySet();

  /// A duration, or an amount of CPU time. Null if there is none or it cannot be true.
  @Nullable Long nanos(String field, OptionalLong nanos) {
    if (nanos.isEmpty()) {
      return null;
    }
    if (Bounds.isDuration(nanos.getAsLong())) {
      return nanos.getAsLong();
    }
    tell(field, "%d ns cannot be true and is left out".formatted(nanos.getAsLong()));
    return null;
  }

  double nanos(String field, double nanos) {
    if (Bounds.isDuration(nanos)) {
      return nanos;
    }
    tell(field, "%s ns is sent as the nearest that can be true".formatted(nanos));
    return nanos > Bounds.NANOS ? Bounds.NANOS : 0;
  }

  /// Null if there is none or it is negative.
  @Nullable Long count(String field, OptionalLong count) {
    if (count.isEmpty()) {
      return null;
    }
    if (count.getAsLong() >= 0) {
      return count.getAsLong();
    }
    tell(field, "%d cannot be true and is left out".formatted(count.getAsLong()));
    return null;
  }

  long atLeast0(String field, long count) {
    if (count < 0) {
      tell(field, "%d is sent as 0".formatted(count));
    }
    return Math.max(0, count);
  }

  /// A p-value is above 0, and a double may not hold how little.
  double probability(String field, double p) {
    if (p > 0 && p <= 1) {
      return p;
    }
    tell(field, "%s is sent as the nearest that can be true".formatted(p));
    return p <= 0 ? Double.MIN_VALUE : 1;
  }

  /// A time that a file claims, to the microsecond: topics carry microseconds, and truncating here
  /// makes a record equal to what is read back.
  Instant time(String field, Instant at) {
    var nearest = at.isAfter(LATEST) ? LATEST : at.isBefore(EARLIEST) ? EARLIEST : at;
    if (!nearest.equals(at)) {
      tell(field, "%s is sent as %s".formatted(at, nearest));
    }
    return nearest.truncatedTo(ChronoUnit.MICROS);
  }

  /// The later of two times, the first of which must not come after the second.
  Instant notBefore(String field, Instant earliest, Instant at) {
    if (at.isBefore(earliest)) {
      tell(field, "is before the connection began, and sent as its beginning");
      return earliest;
    }
    return at;
  }

  /// Of an earlier time: empty if a clock that was set back makes it a later one.
  Optional<Instant> notAfter(String field, Optional<Instant> at, Instant latest) {
    if (at.filter(time -> time.isAfter(latest)).isPresent()) {
      tell(field, "is later than the record and left out: the clock was set back");
      return Optional.empty();
    }
    return at;
  }

  String text(String field, String text) {
    if (text.length() > Bounds.TEXT) {
      tell(field, "%d characters are cut to %d".formatted(text.length(), Bounds.TEXT));
    }
    return Bounds.text(text);
  }

  String command(String command) {
    var written = Bounds.command(command);
    if (!written.equals(command)) {
      tell("command", "written as \"%s\"".formatted(written));
    }
    return written;
  }

  <T> List<T> atMost(String field, int most, List<T> all) {
    if (all.size() <= most) {
      return all;
    }
    tell(field, "the first %d of %d are sent".formatted(most, all.size()));
    return List.copyOf(all.subList(0, most));
  }

  /// A dependency chain, without its middle if it is too long: its ends say what the file is part
  /// of, and what needs it.
  List<String> chain(List<String> paths) {
    var texts = paths.stream().map(path -> text("neededBy", path)).toList();
    if (texts.size() <= Bounds.CHAIN) {
      return texts;
    }
    tell("neededBy", "the middle of a chain of %d paths is left out".formatted(texts.size()));
    var ends = new ArrayList<>(texts.subList(0, Bounds.CHAIN / 2));
    ends.addAll(texts.subList(texts.size() - Bounds.CHAIN / 2, texts.size()));
    return ends;
  }

  /// The objects of a host: the first that have room together.
  List<MappedObject> objects(List<MappedObject> objects) {
    var first = atMost("objects", Bounds.OBJECTS, objects);
    int room = Bounds.OBJECTS_TEXT;
    var fitting = new ArrayList<MappedObject>();
    for (var object : first) {
      room -= Bounds.textOf(object);
      if (room < 0) {
        tell(
            "objects",
            "the first %d of %d are sent: their texts are long"
                .formatted(fitting.size(), objects.size()));
        break;
      }
      fitting.add(object);
    }
    return fitting;
  }

  /// What the programs of one record take of their bounds.
  final class ProgramRoom {
    private int room = Bounds.PROGRAMS_TEXT;

    /// The first programs of a session that have room.
    List<StartedProgram> first(Map<String, Integer> starts) {
      var fitting = new ArrayList<StartedProgram>();
      for (var each : atMost("programs", Bounds.PROGRAMS, List.copyOf(starts.entrySet()))) {
        var program =
            StartedProgram.newBuilder()
                .setPath(text("path", each.getKey()))
                .setStarts(each.getValue())
                .build();
        room -= Bounds.textOf(program);
        if (room < 0) {
          tell("programs", "further ones are counted only: their paths are long");
          break;
        }
        fitting.add(program);
      }
      return fitting;
    }
  }

  /// Room for the programs of a record.
  ProgramRoom programs() {
    return new ProgramRoom();
  }

  /// The first facts that have room together.
  List<TamperFact> facts(List<TamperFact> facts) {
    int room = Bounds.FACTS_TEXT;
    var fitting = new ArrayList<TamperFact>();
    for (var fact : atMost("facts", Bounds.FACTS, facts)) {
      var bounded = fact(fact);
      room -= Bounds.textOf(bounded);
      if (room < 0) {
        tell(
            "facts",
            "the first %d of %d are sent: their texts are long"
                .formatted(fitting.size(), facts.size()));
        break;
      }
      fitting.add(bounded);
    }
    return fitting;
  }

  private TamperFact fact(TamperFact fact) {
    return new TamperFact(
        text("object", fact.getObject()),
        atMost("statements", Bounds.STATEMENTS, fact.getStatements()).stream()
            .map(each -> new Statement(each.getSource(), text("statement", each.getText())))
            .toList());
  }

  private void tell(String field, String what) {
    if (told.add(field)) {
      LOG.warn("a record beyond what its readers accept: {}: {}; told once", field, what);
    }
  }
}
