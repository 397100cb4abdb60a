package io.halfsecond.streams.detector;

import io.halfsecond.streams.histogram.Bins;
import io.halfsecond.streams.histogram.BitReader;
import io.halfsecond.streams.histogram.BitWriter;
import io.halfsecond.streams.histogram.Histogram;
import java.util.ArrayList;
import java.util.Optional;

/// The bytes of a [KeyState], version 2: a byte for the version, then bits as [BitWriter] lays
/// them.
///
/// Times are written as distances from the end of the last closed block.
final class KeyStateCodec {
  static final byte VERSION = 2;
  private static final String NAME = "detector state";

  /// A total of this many samples can be added to thousands of times without overflow.
  private static final long MOST_SAMPLES = 1L << 50;

  /// Distances of a minute (2^26 µs) and counts of some, as they mostly are, take least.
  private static final int TIME_ORDER = 26;

  private static final int COUNT_ORDER = 3;
  private static final int TIME_BITS = 58;
  private static final int TIER_BITS = 2;
  private static final long LATEST = Sample.LATEST_MICROS + Micros.DAY;

  private KeyStateCodec() {}

  static byte[] write(KeyState state) {
    return new Writer(state).write();
  }

  static KeyState read(byte[] bytes) {
    return new Reader(bytes).read();
  }

  private static final class Writer {
    private final KeyState state;
    private final BitWriter out = new BitWriter();

    private Writer(KeyState state) {
      this.state = state;
    }

    private byte[] write() {
      out.fixed(VERSION, Byte.SIZE);
      out.fixed(state.lastBlockEnd, TIME_BITS);
      known(state.lastMicros);
      state.committed.writeTo(out);
      state.pending.writeTo(out);
      time(state.pendingSince);
      out.decimal(state.perMinute);
      mean(state.waiting);
      block(state.block);
      tier(state.step);
      tier(state.creep);
      var anchor = state.anchor;
      out.flag(anchor != null);
      if (anchor != null) {
        anchor(anchor);
      }
      var incident = state.incident;
      out.flag(incident != null);
      if (incident != null) {
        incident(incident);
      }
      var former = state.former;
      out.flag(former != null);
      if (former != null) {
        time(former.openedAt());
        former.baseline().writeTo(out);
        out.flag(former.anchor().isPresent());
        former.anchor().ifPresent(this::anchor);
      }
      return out.toBytes();
    }

    private void time(long micros) {
      out.signed(micros - state.lastBlockEnd, TIME_ORDER);
    }

    private void known(long micros) {
      out.flag(micros > 0);
      if (micros > 0) {
        time(micros);
      }
    }

    private void count(long count) {
      out.number(count, COUNT_ORDER);
    }

    private void mean(Mean mean) {
      out.number(mean.count, COUNT_ORDER);
      if (mean.count > 0) {
        out.decimal(mean.value);
      }
    }

    private void block(Block block) {
      out.flag(!block.isEmpty());
      if (block.isEmpty()) {
        return;
      }
      time(block.start);
      count(block.end - block.start);
      count(block.unscored.size());
      for (var entry : block.unscored) {
        out.decimal(entry.value());
        out.fixed(entry.tie(), Integer.SIZE);
        time(entry.micros());
        source(entry.source());
        out.fixed(entry.waitingCode(), Byte.SIZE);
      }
      block.scored.writeTo(out);
    }

    private void source(int source) {
      out.flag(source != Sources.UNKNOWN);
      if (source != Sources.UNKNOWN) {
        out.fixed(source, Integer.SIZE);
      }
    }

    private void tier(TierState tier) {
      time(tier.lastVote);
      count(tier.scored);
      boolean open = tier.scored > 0;
      if (open) {
        time(tier.blockStart);
      }
      ledger(tier.rise, open);
      ledger(tier.slow, open);
      ledger(tier.fall, open);
      excursion(tier.up);
      if (tier.fallFamily.size() > 0) {
        excursion(tier.down);
      }
    }

    private void ledger(Ledger ledger, boolean open) {
      boolean any = ledger.evidence() > 0;
      out.flag(any);
      for (int j = 0; any && j < ledger.evidence.length; j++) {
        out.decimal(ledger.evidence[j]);
      }
      for (int j = 0; open && j < ledger.sums.length; j++) {
        out.decimal(ledger.sums[j]);
      }
    }

    private void excursion(Excursion excursion) {
      excursion.samples.writeTo(out);
      if (excursion.isEmpty()) {
        return;
      }
      out.decimal(excursion.height);
      time(excursion.startMicros);
      known(excursion.beforeMicros);
      time(excursion.lastMicros);
      count(excursion.votes);
      long before = state.lastBlockEnd;
      for (var recent : excursion.tail) {
        out.signed(recent.micros() - before, TIME_ORDER);
        out.number(recent.bin(), 2 * COUNT_ORDER);
        before = recent.micros();
      }
      sources(excursion.sources);
      mean(excursion.waiting);
    }

    private void sources(Sources sources) {
      source(sources.first);
      if (sources.first != Sources.UNKNOWN) {
        source(sources.second);
      }
    }

    private void anchor(Anchor anchor) {
      time(anchor.atMicros());
      count(anchor.samples());
      int last = 0;
      for (int bin : anchor.bins()) {
        out.number((long) bin - last, 0);
        last = bin;
      }
    }

    private void incident(Incident incident) {
      out.fixed(
          switch (incident.tier) {
            case STEP -> 0;
            case CREEP -> 1;
            case DRIFT -> 2;
          },
          TIER_BITS);
      out.flag(incident.direction == Direction.UP);
      time(incident.openedAt);
      time(incident.onset);
      known(incident.onsetNotBefore);
      time(incident.onsetNotAfter);
      out.decimal(incident.evidenceDays);
      out.decimal(incident.limitDays);
      count(incident.votes);
      time(incident.lastVote);
      time(incident.lastStepAt);
      count(incident.connectionsAtLastStep);
      out.flag(incident.confirmed);
      incident.shifted.writeTo(out);
      sources(incident.sources);
      mean(incident.waiting);
      ledger(incident.back, !state.block.scored.isEmpty());
      excursion(incident.returning);
    }
  }

  private static final class Reader {
    private final BitReader in;
    private final KeyState state = new KeyState();

    private Reader(byte[] bytes) {
      this.in = new BitReader(NAME, bytes);
    }

    private KeyState read() {
      long version = in.fixed(Byte.SIZE);
      if (version != VERSION) {
        throw in.corrupt("version " + version + ", known is " + VERSION);
      }
      state.lastBlockEnd = in.fixed(TIME_BITS);
      if (state.lastBlockEnd > LATEST) {
        throw in.corrupt("time " + state.lastBlockEnd + ", at most " + LATEST);
      }
      state.lastMicros = knownTime();
      state.committed.add(Histogram.readFrom(in));
      state.pending.add(Histogram.readFrom(in));
      state.pendingSince = time();
      state.perMinute = in.decimal(0, "rate");
      mean(state.waiting);
      block(state.block);
      tier(state.step);
      tier(state.creep);
      if (in.flag()) {
        state.anchor = anchor();
      }
      if (in.flag()) {
        state.incident = incident();
      } else {
        var held = state.pending.plus(state.block.scored);
        contained(state.step.up, held);
        contained(state.step.down, held);
        contained(state.creep.up, held);
      }
      if (in.flag()) {
        long openedAt = time();
        var baseline = Histogram.readFrom(in);
        state.former =
            new Former(openedAt, baseline, in.flag() ? Optional.of(anchor()) : Optional.empty());
      }
      in.end();
      return state;
    }

    private void contained(Excursion excursion, Histogram held) {
      if (!held.contains(excursion.samples)) {
        throw in.corrupt("an excursion over samples that are not held");
      }
    }

    private long time() {
      return time(state.lastBlockEnd);
    }

    /// 0 if it is not known.
    private long knownTime() {
      if (!in.flag()) {
        return 0;
      }
      long micros = time();
      if (micros == 0) {
        throw in.corrupt("a time that is known and not known");
      }
      return micros;
    }

    private long time(long base) {
      long micros = base + in.signed(TIME_ORDER, "time");
      if (micros < 0 || micros > LATEST) {
        throw in.corrupt("time " + micros + ", at most " + LATEST);
      }
      return micros;
    }

    private long count(long most, String what) {
      return in.number(COUNT_ORDER, most, what);
    }

    private void mean(Mean mean) {
      mean.count = (int) count(Mean.MEMORY, "number of values");
      if (mean.count > 0) {
        mean.value = in.decimal(0, "mean");
      }
    }

    private void block(Block block) {
      if (!in.flag()) {
        return;
      }
      block.start = time();
      block.end = block.start + count(Micros.DAY, "length of a block");
      long unscored = count(Block.CAPACITY, "unscored samples");
      for (int i = 0; i < unscored; i++) {
        block.unscored.add(
            new Block.Entry(
                in.decimal(0, "value"),
                (int) in.fixed(Integer.SIZE),
                time(),
                source(),
                (byte) in.fixed(Byte.SIZE)));
      }
      block.scored.add(Histogram.readFrom(in));
      if (block.isEmpty()) {
        throw in.corrupt("an open block without samples");
      }
    }

    private int source() {
      return in.flag() ? known((int) in.fixed(Integer.SIZE)) : Sources.UNKNOWN;
    }

    private int known(int source) {
      if (source == Sources.UNKNOWN) {
        throw in.corrupt("a source that is known and not known");
      }
      return source;
    }

    private void tier(TierState tier) {
      tier.lastVote = time();
      tier.scored = count(MOST_SAMPLES, "samples scored");
      boolean open = tier.scored > 0;
      if (open) {
        tier.blockStart = time();
      }
      ledger(tier.rise, open);
      ledger(tier.slow, open);
      ledger(tier.fall, open);
      excursion(tier.up);
      if (tier.fallFamily.size() > 0) {
        excursion(tier.down);
      }
    }

    private void ledger(Ledger ledger, boolean open) {
      boolean any = in.flag();
      for (int j = 0; any && j < ledger.evidence.length; j++) {
        ledger.evidence[j] = in.decimal(0, "evidence");
      }
      ledger.addUp();
      if (any && ledger.evidence() == 0) {
        throw in.corrupt("evidence that is none");
      }
      for (int j = 0; open && j < ledger.sums.length; j++) {
        ledger.sums[j] = in.decimal(-Float.MAX_VALUE, "sum");
      }
    }

    private void excursion(Excursion excursion) {
      excursion.samples.add(Histogram.readFrom(in));
      if (excursion.isEmpty()) {
        return;
      }
      excursion.height = in.decimal(Float.MIN_VALUE, "height");
      excursion.startMicros = time();
      excursion.beforeMicros = knownTime();
      excursion.lastMicros = time();
      excursion.votes = (int) count(Integer.MAX_VALUE - 1, "votes");
      long before = state.lastBlockEnd;
      for (int i = 0; i < Math.min(excursion.kept, excursion.samples.total()); i++) {
        before = time(before);
        int bin = (int) in.number(2 * COUNT_ORDER, Bins.FINE.last(), "bin");
        excursion.tail.addLast(new Excursion.Recent(before, bin));
      }
      var tail = new Histogram();
      excursion.tail.forEach(recent -> tail.add(recent.bin(), 1));
      if (!excursion.samples.contains(tail)) {
        throw in.corrupt("a recent sample that is not among the samples");
      }
      sources(excursion.sources);
      mean(excursion.waiting);
    }

    private void sources(Sources sources) {
      sources.first = source();
      if (sources.first != Sources.UNKNOWN) {
        sources.second = source();
        if (sources.second == sources.first) {
          throw in.corrupt("a second source that is the first");
        }
      }
    }

    private Anchor anchor() {
      long at = time();
      long samples = count(MOST_SAMPLES, "samples of an anchor");
      var bins = new ArrayList<Integer>(Anchor.SIZE);
      int last = 0;
      for (int i = 0; i < Anchor.SIZE; i++) {
        last += (int) in.number(0, Bins.FINE.last() - last, "bin of an anchor");
        bins.add(last);
      }
      return new Anchor(at, samples, bins);
    }

    private Incident incident() {
      int code = (int) in.fixed(TIER_BITS);
      var tier =
          switch (code) {
            case 0 -> Tier.STEP;
            case 1 -> Tier.CREEP;
            case 2 -> Tier.DRIFT;
            default -> throw in.corrupt("tier " + code);
          };
      var direction = in.flag() ? Direction.UP : Direction.DOWN;
      var incident = new Incident(tier, direction, time());
      incident.onset = time();
      incident.onsetNotBefore = knownTime();
      incident.onsetNotAfter = time();
      incident.evidenceDays = in.decimal("evidence");
      incident.limitDays = in.decimal("limit");
      incident.votes = count(MOST_SAMPLES, "votes");
      incident.lastVote = time();
      incident.lastStepAt = time();
      incident.connectionsAtLastStep = count(MOST_SAMPLES, "connections");
      incident.confirmed = in.flag();
      incident.shifted.add(Histogram.readFrom(in));
      sources(incident.sources);
      mean(incident.waiting);
      ledger(incident.back, !state.block.scored.isEmpty());
      excursion(incident.returning);
      if (state.baselineCount() == 0 || incident.shifted.isEmpty()) {
        throw in.corrupt("an open alert without samples before or since its onset");
      }
      contained(incident.returning, incident.shifted.plus(state.block.scored));
      return incident;
    }
  }
}
