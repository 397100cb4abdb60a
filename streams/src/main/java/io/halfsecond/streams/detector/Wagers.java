package io.halfsecond.streams.detector;

import io.halfsecond.streams.detector.Bets.Family;
import io.halfsecond.streams.histogram.Bins;
import io.halfsecond.streams.histogram.Histogram;
import java.util.Optional;

/// The bets of one tier on one key.
///
/// @param slow empty while too little has come through quarantine
record Wagers(Bets rise, Optional<Bets> slow, Bets fall) {
  /// Below this, the sampling error of a frozen reference would cost more than its rest wins.
  private static final long SLOW_FROM = 2_000;

  /// From this size on, bets are made from the committed baseline alone: they fit as well, and
  /// serve until that changes.
  private static final long MATURE = 1_000;

  /// Fewer samples have no shape that a bet could be made from.
  private static final long FEWEST = 10;

  /// Whether bets stay the same for as long as the committed baseline does.
  static boolean last(KeyState state) {
    return state.committed.total() >= MATURE;
  }

  /// @param yardstick with samples to compare with
  static Wagers of(KeyState state, TierState tier, Yardstick yardstick, DeadZone zone) {
    var bins = yardstick.bins();
    if (last(state)) {
      var committed = Shape.of(bins, state.committed);
      return of(tier, committed, committed, committed, zone, state.committed.total() >= SLOW_FROM);
    }
    var reference = yardstick.all().merged();
    return of(
        tier,
        Shape.of(bins, reference),
        unsuspected(bins, reference, tier.up.samples),
        unsuspected(bins, reference, tier.down.samples),
        zone,
        false);
  }

  private static Wagers of(
      TierState tier, Shape ranked, Shape notUp, Shape notDown, DeadZone zone, boolean slow) {
    return new Wagers(
        Bets.upward(Family.RISING, ranked, notUp, zone),
        slow && tier.slowFamily.size() > 0
            ? Optional.of(Bets.upward(tier.slowFamily, ranked, ranked, zone))
            : Optional.empty(),
        Bets.downward(tier.fallFamily, ranked, notDown, zone));
  }

  /// The reference without what is suspected to be shifted, unless hardly anything would be left.
  private static Shape unsuspected(Bins bins, Histogram reference, Histogram suspected) {
    var rest = reference.without(suspected);
    return Shape.of(bins, rest.total() >= FEWEST ? rest : reference);
  }
}
