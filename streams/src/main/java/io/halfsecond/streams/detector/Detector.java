package io.halfsecond.streams.detector;

import io.halfsecond.streams.detector.state.Anchor;
import io.halfsecond.streams.detector.state.Micros;
import io.halfsecond.streams.histogram.Distribution;
import java.time.Instant;
import java.util.List;

/// Detects a change in a stream of measurements, without assuming a distribution, and estimates
/// when it happened.
///
/// Each sample is ranked among the samples learnt before its block, with a dead zone for shifts
/// that are too small to matter. Bets on extreme ranks are settled once per block, by the geometric
/// mean over its samples. A Shiryaev–Roberts e-detector (Shin, Ramdas, Rinaldo, arXiv 2203.03532)
/// with the day as its unit accumulates them. Two tiers do this in parallel: [Tier#STEP] with a
/// wide dead zone and short blocks, [Tier#CREEP] with a narrow dead zone and long blocks.
///
/// **Guarantees** that a key on which nothing changes takes at least [#limitDays] days on average
/// until an alert of either tier, from its first sample on, at any rate and for any distribution.
///
/// **Assumes** that samples are exchangeable from one block to the next, come without duplicates,
/// and are not dated in the future. Their order within a block does not matter.
///
/// A sample older than the open block is scored and learnt in the open block: ranks do not depend
/// on time, and a block still has one vote. The onset of an alert is the time of its first sample
/// in order of arrival.
public final class Detector {
  private static final long USUAL_BLOCK_MICROS = Micros.MINUTE;

  /// From six samples a minute, averaged over an hour, a key votes every ten seconds; from thirty,
  /// every five. The average is over an hour because a burst must stay within a block.
  private static final float BUSY = 6;

  private static final long BUSY_BLOCK_MICROS = Micros.MINUTE / 6;
  private static final float VERY_BUSY = 30;
  private static final long VERY_BUSY_BLOCK_MICROS = Micros.MINUTE / 12;

  /// A block of [Tier#CREEP] is as long as five usual ones, so that correlation over minutes stays
  /// within a block.
  private static final int CREEP_BLOCKS = 5;

  /// If the evidence is below this share of the limit, pending samples may be committed.
  private static final double CALM = 0.1;

  /// How far the median of the baseline may drift from its anchor, relative to it.
  private static final double DRIFT = 0.07;

  private final DetectorSettings settings;

  public Detector(DetectorSettings settings) {
    this.settings = settings;
  }

  /// The evidence, in days, at which a key raises an alert.
  public double limitDays(Context context) {
    return settings.budget().limitDays(context.signal().share(), context.hosts());
  }

  /// Adds a sample. If it begins another block, closes the open one first.
  ///
  /// @return the steps that followed from closing the block, usually none
  public List<AlertStep> observe(KeyState state, Context context, Sample sample) {
    var block = state.block;
    var kept = sample.kept();
    long micros = kept.micros();
    List<AlertStep> steps =
        !block.isEmpty() && micros >= block.end ? close(state, context) : List.of();
    if (block.isEmpty()) {
      long length = blockMicros(state);
      // A closed block is never reopened: a late sample votes with the next one.
      block.start = Math.max(micros - micros % length, state.lastBlockEnd);
      block.end = block.start + length;
    }
    if (block.unscored.size() == Block.CAPACITY) {
      score(state, context);
    }
    block.unscored.add(kept);
    return steps;
  }

  /// Whether [#advance] would change anything.
  public boolean isDue(KeyState state, Instant now) {
    long micros = Micros.of(now);
    return state.block.isEmpty()
        ? state.creep.scored > 0 && micros >= state.creep.blockStart + creepBlockMicros()
        : micros >= state.block.end;
  }

  /// Closes the open block if it ended at or before `now`, event time. Must be called if no further
  /// sample may come.
  ///
  /// @return the steps that followed, in order
  public List<AlertStep> advance(KeyState state, Context context, Instant now) {
    long micros = Micros.of(now);
    if (!state.block.isEmpty()) {
      return micros >= state.block.end ? close(state, context) : List.of();
    }
    var lifecycle = lifecycle(state, context);
    settleCreep(state, lifecycle, micros);
    return lifecycle.steps();
  }

  /// Ends the open alert of a key and makes its shifted samples the new baseline.
  ///
  /// @return [AlertStep.Acknowledged], or nothing if no alert is open
  public List<AlertStep> accept(KeyState state, Context context, Instant at) {
    var lifecycle = lifecycle(state, context);
    lifecycle.accept(Micros.of(at), settings.baselineSamples());
    return lifecycle.steps();
  }

  /// Dismisses the open alert of a key. It stays open until the signal has returned.
  ///
  /// @return [AlertStep.Acknowledged], or nothing if no alert is open
  public List<AlertStep> dismiss(KeyState state, Context context, Instant at) {
    var lifecycle = lifecycle(state, context);
    lifecycle.dismiss(Micros.of(at));
    return lifecycle.steps();
  }

  /// Undoes the last acceptance. Samples since then are forgotten, and an open alert ends.
  ///
  /// @return false if there is none to undo
  public boolean rollBack(KeyState state, Context context) {
    return lifecycle(state, context).rollBack();
  }

  private AlertLifecycle lifecycle(KeyState state, Context context) {
    return new AlertLifecycle(state, context, limitDays(context));
  }

  private long blockMicros(KeyState state) {
    long usual = state.perMinute >= BUSY ? BUSY_BLOCK_MICROS : USUAL_BLOCK_MICROS;
    return settings
        .block()
        .map(Micros::of)
        .orElse(state.perMinute >= VERY_BUSY ? VERY_BUSY_BLOCK_MICROS : usual);
  }

  private long creepBlockMicros() {
    return CREEP_BLOCKS * settings.block().map(Micros::of).orElse(USUAL_BLOCK_MICROS);
  }

  private static void score(KeyState state, Context context) {
    new Scoring(state, ScoringBasis.of(state, context), context.deseasonalised()).run();
  }

  private List<AlertStep> close(KeyState state, Context context) {
    var lifecycle = lifecycle(state, context);
    var block = state.block;
    settleCreep(state, lifecycle, block.start);
    score(state, context);
    state.forgetMedian();
    long end = block.end;
    long length = block.end - block.start;
    long samples = block.scored.total();
    measureRate(state, end, samples);
    state.lastBlockEnd = Math.max(end, state.lastBlockEnd);
    // A block that was scored early has more than one sample.
    state.step.vote(end, length, true);
    if (state.creep.scored == samples) {
      state.creep.blockStart = block.start - Math.floorMod(block.start, creepBlockMicros());
    }
    var open = state.openShift;
    if (open != null) {
      open.vote(end, samples);
      open.shifted.add(block.scored);
    } else {
      if (state.pending.isEmpty()) {
        state.pendingSince = block.start;
      }
      state.pending.add(block.scored);
    }
    block.clear();
    lifecycle.judge(Tier.STEP, state.step, end, length);
    settleCreep(state, lifecycle, end);
    if (open != null && open == state.openShift) {
      lifecycle.followUp(open, end);
    } else if (open == null && state.openShift == null) {
      learn(state, context, lifecycle, end);
    }
    return lifecycle.steps();
  }

  /// Lets [Tier#CREEP] vote if its block ended at or before `now`.
  private void settleCreep(KeyState state, AlertLifecycle lifecycle, long now) {
    var creep = state.creep;
    long length = creepBlockMicros();
    if (creep.scored > 0 && now >= creep.blockStart + length) {
      long end = creep.blockStart + length;
      creep.vote(end, length, false);
      if (state.openShift == null) {
        lifecycle.judge(Tier.CREEP, creep, end, length);
      }
    }
  }

  private static void measureRate(KeyState state, long end, long samples) {
    double minutes =
        state.lastBlockEnd == 0
            ? 1
            : Math.max(1.0 / 60, (double) (end - state.lastBlockEnd) / Micros.MINUTE);
    state.perMinute += (float) ((samples / minutes - state.perMinute) * minutes / (minutes + 60));
  }

  private void learn(KeyState state, Context context, AlertLifecycle lifecycle, long now) {
    double limit = limitDays(context);
    boolean calm = state.step.evidence() < CALM * limit && state.creep.evidence() < CALM * limit;
    if (!calm || !quarantineOver(state, now)) {
      return;
    }
    var bins = context.signal().bins();
    var anchor = state.anchor;
    var held = state.suspected().copy();
    var baseline = state.baseline().without(held);
    if (anchor != null) {
      double first = anchor.distribution(bins).median();
      double shift = new Distribution(baseline, bins).median() - first;
      if (Math.abs(shift) > DRIFT * first + context.signal().creep().absolute()) {
        lifecycle.openDrift(shift > 0 ? Direction.UP : Direction.DOWN, now);
        return;
      }
    }
    state.commit(baseline, held, settings.baselineSamples());
    state.pendingSince = now;
    // A quarantine without an alert.
    state.standing = null;
    if (anchor == null) {
      state.anchor = Anchor.of(baseline, now);
    }
  }

  private boolean quarantineOver(KeyState state, long now) {
    double quarantines = (double) (now - state.pendingSince) / Micros.of(settings.quarantine());
    return quarantines >= 1 && state.pending.total() * quarantines >= settings.quarantineSamples();
  }
}
