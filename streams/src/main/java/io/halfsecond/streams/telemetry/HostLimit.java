package io.halfsecond.streams.telemetry;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import io.halfsecond.streams.telemetry.InsaneRecordException.Kind;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;

/// How many hosts an instance of the topology keeps, and takes on in an hour. Whoever may write
/// telemetry can invent names, and each costs state, memory and series. Beyond a limit the records
/// of hosts that are not known become dead letters, and known hosts are judged on.
///
/// Shared by the tasks of an instance; safe for use by several threads.
public final class HostLimit {
  private final int most;
  private final OptionalInt newAnHour;
  private final Optional<Bucket> admissions;
  private final AtomicInteger known = new AtomicInteger();

  /// The time of a clock, for a bucket.
  private record Meter(InstantSource clock) implements TimeMeter {
    @Override
    public long currentTimeNanos() {
      return Duration.ofMillis(clock.millis()).toNanos();
    }

    @Override
    public boolean isWallClockBased() {
      return true;
    }
  }

  public HostLimit(int most, OptionalInt newAnHour, InstantSource clock) {
    this.most = most;
    this.newAnHour = newAnHour;
    admissions =
        newAnHour.isEmpty()
            ? Optional.empty()
            : Optional.of(bucket(newAnHour.getAsInt(), new Meter(clock)));
  }

  private static Bucket bucket(int anHour, TimeMeter meter) {
    return Bucket.builder()
        .withCustomTimePrecision(meter)
        .addLimit(limit -> limit.capacity(anHour).refillGreedy(anHour, Duration.ofHours(1)))
        .build();
  }

  /// Hosts that are kept now.
  public int known() {
    return known.get();
  }

  /// Counts hosts that a task has in its stores. They are kept even beyond the limit.
  public void take(int hosts) {
    known.addAndGet(hosts);
  }

  /// A task has ended, with so many hosts.
  public void release(int hosts) {
    known.addAndGet(-hosts);
  }

  /// Counts a host that was not known.
  ///
  /// @throws InsaneRecordException if it is one too many
  public void admit() {
    if (known.getAndUpdate(now -> now < most ? now + 1 : now) >= most) {
      throw new InsaneRecordException(
          Kind.HOST,
          "the host is not known, and %d are kept, the limit (stream.max-hosts)".formatted(most));
    }
    if (admissions.filter(bucket -> !bucket.tryConsume(1)).isPresent()) {
      known.decrementAndGet();
      throw new InsaneRecordException(
          Kind.HOST,
          "the host is not known, and %d new ones were taken on within an hour, the limit (stream.new-hosts-per-hour)"
              .formatted(newAnHour.orElseThrow()));
    }
  }
}
