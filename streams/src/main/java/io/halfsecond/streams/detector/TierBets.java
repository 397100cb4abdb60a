package io.halfsecond.streams.detector;

import io.halfsecond.streams.detector.evidence.Bets;
import io.halfsecond.streams.detector.evidence.EmpiricalCdf;
import io.halfsecond.streams.histogram.Bins;
import io.halfsecond.streams.histogram.Histogram;
import java.util.Optional;

/// The bets of one tier on one key.
///
/// @param slow empty while too few samples are committed
record TierBets(Bets rise, Optional<Bets> slow, Bets fall) {
  /// With a smaller frozen reference, its sampling error would cost more than slow bets win.
  private static final long SLOW_FROM = 2_000;

  /// From this size on, bets are made from the committed baseline alone. They fit as well, and can
  /// be reused until the baseline changes.
  private static final long MATURE = 1_000;

  /// Fewer samples do not determine a distribution to make bets from.
  private static final long FEWEST = 10;

  /// Whether bets can be reused until the committed baseline changes.
  static boolean reusable(KeyState state) {
    return state.committed.total() >= MATURE;
  }

  /// @param basis with samples to compare with
  static TierBets of(KeyState state, TierState tier, ScoringBasis basis, DeadZone zone) {
    boolean mature = reusable(state);
    var reference = mature ? state.committed : basis.all().merged();
    var ranked = EmpiricalCdf.of(basis.bins(), reference);
    var notUp = mature ? ranked : unsuspected(basis.bins(), reference, tier.up.samples);
    var notDown = mature ? ranked : unsuspected(basis.bins(), reference, tier.down.samples);
    boolean slow = state.committed.total() >= SLOW_FROM && tier.slowFamily.size() > 0;
    return new TierBets(
        Bets.upward(Bets.Family.RISING, ranked, notUp, zone::grow),
        slow
            ? Optional.of(Bets.upward(tier.slowFamily, ranked, ranked, zone::grow))
            : Optional.empty(),
        Bets.downward(tier.fallFamily, ranked, notDown, zone::shrink));
  }

  /// The reference without the samples suspected to be shifted, unless hardly any others are left.
  private static EmpiricalCdf unsuspected(Bins bins, Histogram reference, Histogram suspected) {
    var rest = reference.without(suspected);
    return EmpiricalCdf.of(bins, rest.total() >= FEWEST ? rest : reference);
  }
}
