package io.halfsecond.streams.detector;

/// Ranks the samples of the open block among what was known when it began, and puts down what the
/// bets make of them.
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
      state.lastMicros = entry.micros();
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

  private void score(
      TierState tier, Wagers wagers, DeadZone zone, Block.Entry entry, int bin, double u) {
    int shrunk = yardstick.shrunk(entry.value(), zone);
    double high = yardstick.all().upper(shrunk, u);
    double growth = tier.rise.growth(wagers.rise(), high);
    tier.rise.score(wagers.rise(), high);
    if (wagers.slow().isPresent()) {
      var slow = wagers.slow().get();
      double among = yardstick.highAmongCommitted(shrunk, u);
      growth += tier.slow.growth(slow, among);
      tier.slow.score(slow, among);
    }
    if (tier.up.concerns(growth)) {
      double stake =
          tier.rise.stake(wagers.rise()) + wagers.slow().map(tier.slow::stake).orElse(0.0);
      tier.up.add(stake, growth, entry, bin, state.lastMicros);
    }
    if (tier.fallFamily.size() > 0) {
      double low = yardstick.all().lower(yardstick.grown(entry.value(), zone), u);
      double fall = tier.fall.growth(wagers.fall(), low);
      tier.fall.score(wagers.fall(), low);
      if (tier.down.concerns(fall)) {
        tier.down.add(tier.fall.stake(wagers.fall()), fall, entry, bin, state.lastMicros);
      }
    }
    tier.scored++;
  }
}
