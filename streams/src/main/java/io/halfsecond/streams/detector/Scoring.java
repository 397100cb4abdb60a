package io.halfsecond.streams.detector;

/// Ranks the samples of the open block among what was known when it began, and puts down what the bets make of them.
final class Scoring {
  private final KeyState state;
  private final Yardstick yardstick;
  private final boolean creepCounts;

  /// @param creepCounts whether samples are fit for [Tier#CREEP]
  Scoring(KeyState state, Yardstick yardstick, boolean creepCounts) {
    this.state = state;
    this.yardstick = yardstick;
    this.creepCounts = creepCounts;
  }

  /// Scores what is unscored in the block.
  void run() {
    var block = state.block;
    var incident = state.incident;
    boolean comparable = yardstick.all().total() > 0;
    var step = comparable && (incident == null || incident.tier != Tier.STEP) ? stepWagers() : null;
    var creep = comparable && incident == null && creepCounts ? creepWagers() : null;
    var back = incident == null ? null : Return.of(incident, state.baseline(), yardstick);
    for (var entry : block.unscored) {
      double u = TieBreak.uniform(entry.tie());
      int bin = yardstick.bins().binOf(entry.value());
      if (step != null) {
        score(state.step, step, yardstick.step(), entry, bin, u);
      }
      if (creep != null) {
        score(state.creep, creep, yardstick.creep(), entry, bin, u);
      }
      if (incident != null) {
        if (back != null) {
          back.score(entry, bin, u);
        }
        incident.sources.add(entry.source());
        incident.waiting.add(entry.waiting());
      } else if (state.step.up.isEmpty()) {
        state.waiting.add(entry.waiting());
      }
      block.scored.add(bin, 1);
    }
    block.unscored.clear();
  }

  private Wagers stepWagers() {
    var kept = state.stepWagers;
    var wagers = kept == null ? Wagers.of(state, state.step, yardstick, yardstick.step()) : kept;
    state.stepWagers = Wagers.last(state) ? wagers : null;
    return wagers;
  }

  private Wagers creepWagers() {
    var kept = state.creepWagers;
    var wagers = kept == null ? Wagers.of(state, state.creep, yardstick, yardstick.creep()) : kept;
    state.creepWagers = Wagers.last(state) ? wagers : null;
    return wagers;
  }

  private void score(TierState tier, Wagers wagers, DeadZone zone, Block.Entry entry, int bin, double u) {
    double high = yardstick.high(entry.value(), zone, u);
    double before = tier.rise.stake(wagers.rise());
    double after = tier.rise.stakeAfter(wagers.rise(), high);
    tier.rise.score(wagers.rise().logs(high));
    if (wagers.slow().isPresent()) {
      var slow = wagers.slow().get();
      double among = yardstick.highAmongCommitted(entry.value(), zone, u);
      before += tier.slow.stake(slow);
      after += tier.slow.stakeAfter(slow, among);
      tier.slow.score(slow.logs(among));
    }
    tier.up.add(before, after, entry, bin);
    if (tier.fallFamily.size() > 0) {
      double low = yardstick.low(entry.value(), zone, u);
      tier.down.add(tier.fall.stake(wagers.fall()), tier.fall.stakeAfter(wagers.fall(), low), entry, bin);
      tier.fall.score(wagers.fall().logs(low));
    }
    tier.scored++;
  }
}
