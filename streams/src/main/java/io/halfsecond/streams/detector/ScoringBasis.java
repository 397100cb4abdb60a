package io.halfsecond.streams.detector;

import io.halfsecond.streams.detector.evidence.Reference;
import io.halfsecond.streams.histogram.Bins;
import io.halfsecond.streams.histogram.Histogram;

/// What the samples of a key are scored against at some moment: references and dead zones.
///
/// @param all committed and pending samples, and those borrowed from the cohort: the reference of
///   the fast bets
/// @param committed committed samples alone: the reference of the slow bets
/// @param borrowed samples from the cohort; empty if none
/// @param step dead zone of [Tier#STEP], wider for a key of which little is known
/// @param creep dead zone of [Tier#CREEP], likewise
record ScoringBasis(
    Bins bins,
    Reference all,
    Reference committed,
    Histogram borrowed,
    DeadZone step,
    DeadZone creep) {

  static ScoringBasis of(KeyState state, Context context) {
    var signal = context.signal();
    if (context.prior().isEmpty() || state.baselineCount() >= Prior.UNTIL) {
      return of(state, signal.bins(), new Histogram(), signal.step(), signal.creep());
    }
    var prior = context.prior().get();
    var own = state.baseline().without(state.step.up.samples);
    var location = prior.location(own, signal.bins());
    return of(
        state,
        signal.bins(),
        prior.samples(location, signal.bins()),
        Prior.widened(signal.step(), location, own.total()),
        Prior.widened(signal.creep(), location, own.total()));
  }

  private static ScoringBasis of(
      KeyState state, Bins bins, Histogram borrowed, DeadZone step, DeadZone creep) {
    var all = new Reference(state.committed, state.pending, borrowed);
    return new ScoringBasis(bins, all, new Reference(state.committed), borrowed, step, creep);
  }

  /// The dead zone of a tier.
  DeadZone zone(Tier tier) {
    return tier == Tier.STEP ? step : creep;
  }

  /// The bin of a value if the largest shift up within the dead zone is removed from it.
  int shrunk(double value, DeadZone zone) {
    return bins.binOf(zone.shrink(value));
  }

  /// The same for a shift down.
  int grown(double value, DeadZone zone) {
    return bins.binOf(zone.grow(value));
  }

  /// The p-value of a bin ranked from above among the committed samples alone, enlarged by its
  /// standard error.
  ///
  /// That reference does not grow with the samples that are ranked, so the p-values are not
  /// independent, and the standard error makes up for it (Shaer et al., arXiv 2602.13848).
  double highAmongCommitted(int bin, double u) {
    double n = committed.total();
    double p = committed.upper(bin, u);
    return Math.min(1, p + Math.sqrt((p * (1 - p) + 1 / n) / n));
  }
}
