package io.halfsecond.streams.detector;

import io.halfsecond.streams.detector.evidence.TieBreak;
import io.halfsecond.streams.detector.state.KeptSample;

/// Ranks the samples of the open block among what was known when it began, and adds the payoffs of
/// the bets to the state.
///
/// @param creepCounts whether samples are suitable for [Tier#CREEP]
record Scoring(KeyState state, ScoringBasis basis, boolean creepCounts) {
  /// Scores the unscored samples of the block.
  void run() {
    var block = state.block;
    var open = state.openShift;
    boolean comparable = basis.all().total() > 0;
    var samples = new TierBets.Samples(state, basis);
    var step =
        comparable && (open == null || open.tier != Tier.STEP)
            ? bets(state.step, samples, basis.step())
            : null;
    var creep =
        comparable && open == null && creepCounts
            ? bets(state.creep, samples, basis.creep())
            : null;
    var back = open == null ? null : ReturnScoring.of(open, state.baseline(), basis);
    for (var sample : block.unscored) {
      double u = TieBreak.uniform(sample.tie());
      int bin = basis.bins().binOf(sample.value());
      if (step != null) {
        score(state.step, step, basis.step(), sample, bin, u);
      }
      if (creep != null) {
        score(state.creep, creep, basis.creep(), sample, bin, u);
      }
      state.lastMicros = sample.micros();
      if (open != null) {
        if (back != null) {
          back.score(sample, bin, u);
        }
        open.sources.add(sample.source());
        open.waiting.add(sample.waiting());
        open.lately.add(sample.waiting());
      } else if (state.step.up.samples.isEmpty()) {
        state.waiting.add(sample.waiting());
      }
      block.scored.add(bin, 1);
    }
    block.unscored.clear();
  }

  private TierBets bets(TierState tier, TierBets.Samples samples, DeadZone zone) {
    var kept = tier.bets;
    // The dead zone of a cohort moves with its profile.
    var bets =
        kept != null && kept.zone().equals(zone)
            ? kept
            : TierBets.of(state, tier, basis, samples, zone);
    tier.bets = TierBets.reusable(state) ? bets : null;
    return bets;
  }

  private void score(
      TierState tier, TierBets bets, DeadZone zone, KeptSample sample, int bin, double u) {
    int shrunk = basis.shrunk(sample.value(), zone);
    double high = basis.all().upper(shrunk, u);
    double growth = tier.rise.growth(bets.rise(), high);
    tier.rise.score(bets.rise(), high);
    if (bets.slow().isPresent()) {
      var slow = bets.slow().get();
      double among = basis.highAmongCommitted(shrunk, u);
      growth += tier.slow.growth(slow, among);
      tier.slow.score(slow, among);
    }
    if (tier.up.concerns(growth)) {
      double stake = tier.rise.stake(bets.rise()) + bets.slow().map(tier.slow::stake).orElse(0.0);
      tier.up.add(stake, growth, sample, bin, state.lastMicros);
    }
    if (tier.fallFamily.size() > 0) {
      double low = basis.all().lower(basis.grown(sample.value(), zone), u);
      double fall = tier.fall.growth(bets.fall(), low);
      tier.fall.score(bets.fall(), low);
      if (tier.down.concerns(fall)) {
        tier.down.add(tier.fall.stake(bets.fall()), fall, sample, bin, state.lastMicros);
      }
    }
    tier.scored++;
  }
}
