package io.halfsecond.streams.detector;

import io.halfsecond.streams.histogram.Bins;
import io.halfsecond.streams.histogram.Histogram;
import org.jspecify.annotations.Nullable;

/// Bets on the end of an incident.
final class Return {
  private final Incident incident;
  private final Reference shifted;
  private final DeadZone zone;
  private final Bins bins;
  private final Bets bets;

  private Return(Incident incident, Reference shifted, DeadZone zone, Bins bins, Bets bets) {
    this.incident = incident;
    this.shifted = shifted;
    this.zone = zone;
    this.bins = bins;
    this.bets = bets;
  }

  /// @return null while there is nothing to compare with
  static @Nullable Return of(Incident incident, Histogram baseline, Yardstick yardstick) {
    // Without those that may have returned already: of a short shift these would soon be the
    // majority, and no return
    // could be told from it.
    var shifted = incident.shifted.without(incident.returning.samples);
    if (shifted.isEmpty() || baseline.isEmpty()) {
      return null;
    }
    var bins = yardstick.bins();
    var zone = incident.tier == Tier.STEP ? yardstick.step() : yardstick.creep();
    var bets =
        Bets.returning(incident.direction, Shape.of(bins, shifted), Shape.of(bins, baseline), zone);
    return new Return(incident, new Reference(shifted), zone, bins, bets);
  }

  void score(Block.Entry entry, int bin, double u) {
    double p =
        switch (incident.direction) {
          case UP -> shifted.lower(bins.binOf(zone.grow(entry.value())), u);
          case DOWN -> shifted.upper(bins.binOf(zone.shrink(entry.value())), u);
        };
    double growth = incident.back.growth(bets, p);
    if (incident.returning.concerns(growth)) {
      incident.returning.add(incident.back.stake(bets), growth, entry, bin, 0);
    }
    incident.back.score(bets, p);
  }
}
