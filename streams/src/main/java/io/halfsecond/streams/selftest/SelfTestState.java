package io.halfsecond.streams.selftest;

import io.halfsecond.streams.histogram.BitReader;
import io.halfsecond.streams.histogram.BitWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What is known of one host's self-tests: when the last one was, and what was found to differ.
///
/// **Guarantees** the same reports and decisions in the same order give the same bytes. Not safe
/// for use by several threads.
public final class SelfTestState {
  static final byte VERSION = 1;
  private static final String NAME = "self-test state";

  /// The largest time that fits is in the year 10000.
  private static final int TIME_BITS = 58;

  private static final int COUNT_ORDER = 3;
  private static final long MOST = Integer.MAX_VALUE - 1;

  @Nullable Instant last;
  private final TreeMap<String, Standing> standings = new TreeMap<>();

  private SelfTestState() {}

  public static SelfTestState fresh() {
    return new SelfTestState();
  }

  /// By stratum.
  SortedMap<String, Standing> standings() {
    return Collections.unmodifiableSortedMap(standings);
  }

  @Nullable Standing standing(String stratum) {
    return standings.get(stratum);
  }

  void put(String stratum, Standing standing) {
    standings.put(stratum, standing);
  }

  void forget(String stratum) {
    standings.remove(stratum);
  }

  /// Version byte 1; whether there was a self-test, and when, in microseconds; number of strata; of
  /// each its text, a flag, 1 if an alert is open and 0 if it was accepted, when that was opened,
  /// and what the open one says.
  public byte[] toBytes() {
    var out = new BitWriter();
    out.fixed(VERSION, Byte.SIZE);
    var at = last;
    out.flag(at != null);
    if (at != null) {
      time(out, at);
    }
    out.number(standings.size(), COUNT_ORDER);
    standings.forEach(
        (stratum, standing) -> {
          out.text(stratum);
          out.flag(standing instanceof Standing.Open);
          time(out, standing.openedAt());
          switch (standing) {
            case Standing.Open open -> {
              out.flag(open.notBefore().isPresent());
              open.notBefore().ifPresent(before -> time(out, before));
              out.number(open.difference().runs(), COUNT_ORDER);
              out.decimal(open.difference().otherNanos());
              out.decimal(open.difference().serviceNanos());
              out.decimal(open.evidenceDays());
              out.decimal(open.limitDays());
            }
            case Standing.Accepted _ -> {}
          }
        });
    return out.toBytes();
  }

  private static void time(BitWriter out, Instant at) {
    out.fixed(ChronoUnit.MICROS.between(Instant.EPOCH, at), TIME_BITS);
  }

  /// @throws IllegalArgumentException if the bytes are of another version, or none of these
  public static SelfTestState fromBytes(byte[] bytes) {
    var in = new BitReader(NAME, bytes);
    long version = in.fixed(Byte.SIZE);
    if (version != VERSION) {
      throw in.corrupt("version " + version + ", known is " + VERSION);
    }
    var state = new SelfTestState();
    state.last = in.flag() ? time(in) : null;
    long strata = in.number(COUNT_ORDER, MOST, "number of strata");
    for (long i = 0; i < strata; i++) {
      var stratum = in.text();
      if (!state.standings.isEmpty() && stratum.compareTo(state.standings.lastKey()) <= 0) {
        throw in.corrupt("strata out of order");
      }
      state.put(stratum, in.flag() ? open(in) : new Standing.Accepted(time(in)));
    }
    in.end();
    return state;
  }

  private static Standing.Open open(BitReader in) {
    var openedAt = time(in);
    var notBefore = in.flag() ? Optional.of(time(in)) : Optional.<Instant>empty();
    int runs = (int) in.number(COUNT_ORDER, MOST, "runs");
    var difference = new Difference(runs, in.decimal("median"), in.decimal("median"));
    return new Standing.Open(
        openedAt, notBefore, difference, in.decimal("evidence"), in.decimal("limit"));
  }

  private static Instant time(BitReader in) {
    return Instant.EPOCH.plus(in.fixed(TIME_BITS), ChronoUnit.MICROS);
  }
}
