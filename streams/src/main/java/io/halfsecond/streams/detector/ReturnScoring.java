package io.halfsecond.streams.detector;

import io.halfsecond.streams.detector.evidence.Bets;
import io.halfsecond.streams.detector.evidence.EmpiricalCdf;
import io.halfsecond.streams.detector.evidence.Reference;
import io.halfsecond.streams.detector.state.KeptSample;
import io.halfsecond.streams.histogram.Histogram;
import org.jspecify.annotations.Nullable;

/// Scores the samples of a block as evidence that an open shift has ended.
record ReturnScoring(
    OpenShift shift, Reference shifted, DeadZone zone, ScoringBasis basis, Bets bets) {

  /// @return null if there is nothing to compare with
  static @Nullable ReturnScoring of(OpenShift shift, Histogram baseline, ScoringBasis basis) {
    // Samples that may have returned are excluded. After a short shift they would soon be the
    // majority, and a return could not be distinguished from it.
    var samples = shift.shifted.without(shift.returning.samples);
    if (samples.isEmpty() || baseline.isEmpty()) {
      return null;
    }
    var zone = basis.zone(shift.tier);
    var shifted = EmpiricalCdf.of(basis.bins(), samples);
    var before = EmpiricalCdf.of(basis.bins(), baseline);
    var bets =
        switch (shift.direction) {
          case UP -> Bets.returningDown(shifted, before, zone::shrink);
          case DOWN -> Bets.returningUp(shifted, before, zone::grow);
        };
    return new ReturnScoring(shift, new Reference(samples), zone, basis, bets);
  }

  void score(KeptSample sample, int bin, double u) {
    double p =
        switch (shift.direction) {
          case UP -> shifted.lower(basis.grown(sample.value(), zone), u);
          case DOWN -> shifted.upper(basis.shrunk(sample.value(), zone), u);
        };
    double growth = shift.returned.growth(bets, p);
    if (shift.returning.concerns(growth)) {
      shift.returning.add(shift.returned.stake(bets), growth, sample, bin, 0);
    }
    shift.returned.score(bets, p);
  }
}
