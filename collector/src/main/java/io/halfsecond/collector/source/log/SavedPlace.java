package io.halfsecond.collector.source.log;

import io.halfsecond.collector.source.StateFile;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// The place up to which a log was read, kept for the next run.
///
/// What is saved is one to two times [#EVERY_NANOS] old, so that what was read before it has
/// reached the spool. So much is read again after a crash. Where it cannot be saved, lines are read
/// on: after a restart they may be read again, or missed.
///
/// Not safe for use by several threads.
final class SavedPlace {
  private static final long EVERY_NANOS = Duration.ofSeconds(1).toNanos();

  private final StateFile state;
  private final LongSupplier monotonicNanos;
  private Optional<String> saved = Optional.empty();
  private Optional<String> next = Optional.empty();
  private long lookedAtNanos;
  private String trouble = "";

  SavedPlace(StateFile state, LongSupplier monotonicNanos) {
    this.state = state;
    this.monotonicNanos = monotonicNanos;
  }

  /// What the last run has saved; empty if nothing that can be understood.
  <T> Optional<T> read(Function<String, Optional<T>> parse) throws IOException {
    var text = state.read().map(String::strip).filter(line -> !line.isEmpty());
    var place = text.flatMap(parse);
    saved = place.isPresent() ? text : Optional.empty();
    return place;
  }

  /// Whether nothing is saved.
  boolean isEmpty() {
    return saved.isEmpty();
  }

  /// Why the place could not be saved; empty if it could.
  String trouble() {
    return trouble;
  }

  /// Saves what this was told the time before, if it is time.
  ///
  /// @param reached the place, asked for only then
  void passed(Supplier<Optional<String>> reached) {
    if (monotonicNanos.getAsLong() - lookedAtNanos >= EVERY_NANOS) {
      var before = next;
      next = reached.get();
      save(before);
    }
  }

  /// Saves a place now.
  void reached(Optional<String> place) {
    next = place;
    save(place);
  }

  private void save(Optional<String> place) {
    lookedAtNanos = monotonicNanos.getAsLong();
    if (place.isEmpty() || place.equals(saved)) {
      return;
    }
    try {
      state.write(place.get() + "\n");
      saved = place;
      trouble = "";
    } catch (IOException e) {
      trouble = e.toString();
    }
  }
}
