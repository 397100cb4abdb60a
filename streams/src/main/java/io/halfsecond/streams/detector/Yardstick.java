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
record Yardstick(
    Bins bins, Reference all, Reference committed, Histogram lent, DeadZone step, DeadZone creep) {

  /// Never changed.
  private static final Histogram NOTHING = new Histogram();

  static Yardstick of(KeyState state, Context context) {
    var signal = context.signal();
    var bins = signal.bins();
    var committed = new Reference(state.committed);
    if (context.prior().isEmpty() || state.baselineCount() >= Prior.UNTIL) {
      return new Yardstick(
          bins,
          new Reference(state.committed, state.pending),
          committed,
          NOTHING,
          signal.step(),
          signal.creep());
    }
    var prior = context.prior().get();
    var own = state.baseline().without(state.step.up.samples);
    var location = prior.location(own, bins);
    var lent = prior.samples(location, bins);
    return new Yardstick(
        bins,
        new Reference(state.committed, state.pending, lent),
        committed,
        lent,
        Prior.widened(signal.step(), location, own.total()),
        Prior.widened(signal.creep(), location, own.total()));
  }

  /// The bin in which a value would be had it not moved up by as much as the zone allows.
  int shrunk(double value, DeadZone zone) {
    return bins.binOf(zone.shrink(value));
  }

  /// Likewise had it not moved down.
  int grown(double value, DeadZone zone) {
    return bins.binOf(zone.grow(value));
  }

  /// The p-value of a bin's rank from above among the committed alone, made larger by the standard
  /// error that their number leaves it with: these do not grow with the samples ranked among them,
  /// as they would have to for p-values that are independent (Shaer et al., arXiv 2602.13848).
  double highAmongCommitted(int bin, double u) {
    double n = committed.total();
    double p = committed.upper(bin, u);
    return Math.min(1, p + Math.sqrt((p * (1 - p) + 1 / n) / n));
  }
}
