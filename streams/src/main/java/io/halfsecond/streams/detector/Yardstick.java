package io.halfsecond.streams.detector;

import io.halfsecond.streams.histogram.Bins;
import io.halfsecond.streams.histogram.Histogram;

/// What a key's samples are measured against at some moment.
///
/// @param all B and P, and what the cohort lends: the reference of the fast bets
/// @param committed B alone: the reference of the slow ones
/// @param lent what the cohort lends; empty if nothing
/// @param step dead zone of [Tier#STEP], wider where little is known
/// @param creep dead zone of [Tier#CREEP], likewise
record Yardstick(Bins bins, Reference all, Reference committed, Histogram lent, DeadZone step,
  DeadZone creep) {

  static Yardstick of(KeyState state, Context context) {
    var signal = context.signal();
    var bins = signal.bins();
    var committed = new Reference(state.committed);
    if (context.prior().isEmpty() || state.baselineCount() >= Prior.UNTIL) {
      return new Yardstick(bins, new Reference(state.committed, state.pending), committed, new Histogram(),
        signal.step(),
        signal.creep());
    }
    var prior = context.prior().get();
    var own = state.baseline().without(state.step.up.samples);
    var location = prior.location(own, bins);
    var lent = prior.samples(location, bins);
    return new Yardstick(bins, new Reference(state.committed, state.pending, lent), committed, lent,
      Prior.widened(signal.step(), location, own.total()),
      Prior.widened(signal.creep(), location, own.total()));
  }

  /// The p-value of a value's rank from above among all, had it not moved up by as much as the zone allows.
  double high(double value, DeadZone zone, double u) {
    return all.upper(bins.binOf(zone.shrink(value)), u);
  }

  /// Likewise from below.
  double low(double value, DeadZone zone, double u) {
    return all.lower(bins.binOf(zone.grow(value)), u);
  }

  /// Likewise from above among the committed alone, made larger by the standard error that their number leaves it with:
  /// these do not grow with the samples ranked among them, as they would have to for p-values that are independent
  /// (Shaer et al., arXiv 2602.13848).
  double highAmongCommitted(double value, DeadZone zone, double u) {
    double n = committed.total();
    double p = committed.upper(bins.binOf(zone.shrink(value)), u);
    return Math.min(1, p + Math.sqrt((p * (1 - p) + 1 / n) / n));
  }
}
