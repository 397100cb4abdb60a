package io.halfsecond.streams.detector;

import io.halfsecond.streams.detector.state.Anchor;
import io.halfsecond.streams.detector.state.Excursion;
import io.halfsecond.streams.detector.state.KeptSample;
import io.halfsecond.streams.detector.state.Micros;
import io.halfsecond.streams.detector.state.RunningMean;
import io.halfsecond.streams.detector.state.StateReader;
import io.halfsecond.streams.detector.state.StateWriter;
import io.halfsecond.streams.histogram.Histogram;
import java.util.Optional;

/// The bytes of a [KeyState], version 3: a byte for the version, then bits as [StateWriter] writes
/// them.
final class KeyStateCodec {
  static final byte VERSION = 3;
  private static final int TIER_BITS = 2;

  private KeyStateCodec() {}

  static byte[] write(KeyState state) {
    var out = new StateWriter(state.lastBlockEnd);
    out.fixed(VERSION, Byte.SIZE);
    out.writeOrigin();
    out.knownTime(state.lastMicros);
    state.committed.writeTo(out);
    state.pending.writeTo(out);
    out.time(state.pendingSince);
    out.decimal(state.perMinute);
    state.waiting.writeTo(out);
    write(out, state.block);
    write(out, state.step);
    write(out, state.creep);
    write(out, Optional.ofNullable(state.anchor));
    var open = state.openShift;
    out.flag(open != null);
    if (open != null) {
      write(out, open, !state.block.scored.isEmpty());
    }
    var replaced = state.replaced;
    out.flag(replaced != null);
    if (replaced != null) {
      out.time(replaced.openedAt());
      replaced.baseline().writeTo(out);
      write(out, replaced.anchor());
      replaced.waiting().writeTo(out);
      write(out, replaced.shift());
      out.time(replaced.until());
    }
    var standing = state.standing;
    out.flag(standing != null);
    if (standing != null) {
      write(out, standing.shift());
      standing.samples().writeTo(out);
      out.time(standing.until());
    }
    return out.toBytes();
  }

  static KeyState read(byte[] bytes) {
    var in = new StateReader(bytes);
    var state = new KeyState();
    in.version(VERSION);
    state.lastBlockEnd = in.readOrigin();
    state.lastMicros = in.knownTime();
    state.committed.add(Histogram.readFrom(in));
    state.pending.add(Histogram.readFrom(in));
    state.pendingSince = in.time();
    state.perMinute = in.decimal(0, "rate");
    state.waiting.readFrom(in);
    read(in, state.block);
    read(in, state.step);
    read(in, state.creep);
    state.anchor = readAnchor(in).orElse(null);
    if (in.flag()) {
      state.openShift = readOpenShift(in, state);
    } else {
      var held = state.pending.plus(state.block.scored);
      requireContained(in, state.step.up, held);
      requireContained(in, state.step.down, held);
      requireContained(in, state.creep.up, held);
    }
    if (in.flag()) {
      state.replaced =
          new ReplacedBaseline(
              in.time(),
              Histogram.readFrom(in),
              readAnchor(in),
              readMean(in),
              readShift(in),
              in.time());
    }
    if (in.flag()) {
      state.standing = new StandingShift(readShift(in), Histogram.readFrom(in), in.time());
    }
    in.end();
    return state;
  }

  private static void write(StateWriter out, Block block) {
    out.flag(!block.isEmpty());
    if (block.isEmpty()) {
      return;
    }
    out.time(block.start);
    out.count(block.end - block.start);
    out.count(block.unscored.size());
    block.unscored.forEach(sample -> sample.writeTo(out));
    block.scored.writeTo(out);
  }

  private static void read(StateReader in, Block block) {
    if (!in.flag()) {
      return;
    }
    block.start = in.time();
    block.end = block.start + in.count(Micros.DAY, "length of a block");
    long unscored = in.count(Block.CAPACITY, "unscored samples");
    for (int i = 0; i < unscored; i++) {
      block.unscored.add(KeptSample.readFrom(in));
    }
    block.scored.add(Histogram.readFrom(in));
    if (block.isEmpty()) {
      throw in.corrupt("an open block without samples");
    }
  }

  private static void write(StateWriter out, TierState tier) {
    out.time(tier.lastVote);
    out.count(tier.scored);
    boolean open = tier.scored > 0;
    if (open) {
      out.time(tier.blockStart);
    }
    tier.rise.writeTo(out, open);
    tier.slow.writeTo(out, open);
    tier.fall.writeTo(out, open);
    tier.up.writeTo(out);
    if (tier.fallFamily.size() > 0) {
      tier.down.writeTo(out);
    }
  }

  private static void read(StateReader in, TierState tier) {
    tier.lastVote = in.time();
    tier.scored = in.count(Histogram.MOST_SAMPLES, "samples scored");
    boolean open = tier.scored > 0;
    if (open) {
      tier.blockStart = in.time();
    }
    tier.rise.readFrom(in, open);
    tier.slow.readFrom(in, open);
    tier.fall.readFrom(in, open);
    tier.up.readFrom(in);
    if (tier.fallFamily.size() > 0) {
      tier.down.readFrom(in);
    }
  }

  private static void write(StateWriter out, Optional<Anchor> anchor) {
    out.flag(anchor.isPresent());
    anchor.ifPresent(known -> known.writeTo(out));
  }

  private static Optional<Anchor> readAnchor(StateReader in) {
    return in.flag() ? Optional.of(Anchor.readFrom(in)) : Optional.empty();
  }

  private static void write(StateWriter out, ShiftSoFar shift) {
    out.flag(shift.direction() == Direction.UP);
    out.time(shift.onset());
    out.knownTime(shift.notBefore());
    out.time(shift.notAfter());
    out.count(shift.votes());
    shift.waiting().writeTo(out);
    out.flag(shift.withoutLoad());
  }

  private static ShiftSoFar readShift(StateReader in) {
    return new ShiftSoFar(
        in.flag() ? Direction.UP : Direction.DOWN,
        in.time(),
        in.knownTime(),
        in.time(),
        in.count(Histogram.MOST_SAMPLES, "votes"),
        readMean(in),
        in.flag());
  }

  private static RunningMean readMean(StateReader in) {
    var mean = new RunningMean();
    mean.readFrom(in);
    return mean;
  }

  /// @param scored whether the open block has scored samples
  private static void write(StateWriter out, OpenShift shift, boolean scored) {
    out.fixed(
        switch (shift.tier) {
          case STEP -> 0;
          case CREEP -> 1;
          case DRIFT -> 2;
        },
        TIER_BITS);
    out.flag(shift.direction == Direction.UP);
    out.time(shift.openedAt);
    out.time(shift.onset);
    out.knownTime(shift.onsetNotBefore);
    out.time(shift.onsetNotAfter);
    out.decimal(shift.evidenceDays);
    out.decimal(shift.limitDays);
    out.count(shift.votes);
    out.time(shift.lastVote);
    out.time(shift.lastStepAt);
    out.count(shift.connectionsAtLastStep);
    out.flag(shift.confirmed);
    shift.shifted.writeTo(out);
    shift.sources.writeTo(out);
    shift.waiting.writeTo(out);
    shift.lately.writeTo(out);
    out.flag(shift.withoutLoad);
    shift.returned.writeTo(out, scored);
    shift.returning.writeTo(out);
  }

  private static OpenShift readOpenShift(StateReader in, KeyState state) {
    int code = (int) in.fixed(TIER_BITS);
    var tier =
        switch (code) {
          case 0 -> Tier.STEP;
          case 1 -> Tier.CREEP;
          case 2 -> Tier.DRIFT;
          default -> throw in.corrupt("tier " + code);
        };
    var direction = in.flag() ? Direction.UP : Direction.DOWN;
    var shift = new OpenShift(tier, direction, in.time());
    shift.onset = in.time();
    shift.onsetNotBefore = in.knownTime();
    shift.onsetNotAfter = in.time();
    shift.evidenceDays = in.decimal("evidence");
    shift.limitDays = in.decimal("limit");
    shift.votes = in.count(Histogram.MOST_SAMPLES, "votes");
    shift.lastVote = in.time();
    shift.lastStepAt = in.time();
    shift.connectionsAtLastStep = in.count(Histogram.MOST_SAMPLES, "connections");
    shift.confirmed = in.flag();
    shift.shifted.add(Histogram.readFrom(in));
    shift.sources.readFrom(in);
    shift.waiting.readFrom(in);
    shift.lately.readFrom(in);
    shift.withoutLoad = in.flag();
    shift.returned.readFrom(in, !state.block.scored.isEmpty());
    shift.returning.readFrom(in);
    if (state.baselineCount() == 0 || shift.shifted.isEmpty()) {
      throw in.corrupt("an open alert without samples before or since its onset");
    }
    requireContained(in, shift.returning, shift.shifted.plus(state.block.scored));
    return shift;
  }

  private static void requireContained(StateReader in, Excursion excursion, Histogram held) {
    if (!held.contains(excursion.samples)) {
      throw in.corrupt("an excursion with samples that are not held");
    }
  }
}
