package io.halfsecond.streams.detector;

import io.halfsecond.streams.detector.evidence.Bets;
import io.halfsecond.streams.detector.evidence.EmpiricalCdf;
import io.halfsecond.streams.histogram.Bins;
import io.halfsecond.streams.histogram.Histogram;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The bets of one tier on one key.
///
/// @param slow empty while too few samples are committed
/// @param zone the dead zone that they are made for
record TierBets(Bets rise, Optional<Bets> slow, Bets fall, DeadZone zone) {
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

  /// The samples that bets are made from, the same for both tiers. They are sorted out when first
  /// needed.
  static final class Samples {
    private final KeyState state;
    private final ScoringBasis basis;
    private @Nullable Histogram reference;
    private @Nullable EmpiricalCdf ranked;

    /// @param basis with samples to compare with
    Samples(KeyState state, ScoringBasis basis) {
      this.state = state;
      this.basis = basis;
    }

    private Histogram reference() {
      var known = reference;
      if (known == null) {
        known = reusable(state) ? state.committed : basis.all().merged();
        reference = known;
      }
      return known;
    }

    private EmpiricalCdf ranked() {
      var known = ranked;
      if (known == null) {
        known = EmpiricalCdf.of(basis.bins(), reference());
        ranked = known;
      }
      return known;
    }
  }

  static TierBets of(
      KeyState state, TierState tier, ScoringBasis basis, Samples samples, DeadZone zone) {
    boolean mature = reusable(state);
    var reference = samples.reference();
    var ranked = samples.ranked();
    var notUp = mature ? ranked : unsuspected(basis.bins(), reference, ranked, tier.up.samples);
    var notDown = mature ? ranked : unsuspected(basis.bins(), reference, ranked, tier.down.samples);
    boolean slow = state.committed.total() >= SLOW_FROM && tier.slowFamily.size() > 0;
    return new TierBets(
        Bets.upward(Bets.Family.RISING, ranked, notUp, zone::grow),
        slow
            ? Optional.of(Bets.upward(tier.slowFamily, ranked, ranked, zone::grow))
            : Optional.empty(),
        Bets.downward(tier.fallFamily, ranked, notDown, zone::shrink),
        zone);
  }

  /// The reference without the samples suspected to be shifted, unless hardly any others are left.
  private static EmpiricalCdf unsuspected(
      Bins bins, Histogram reference, EmpiricalCdf ranked, Histogram suspected) {
    if (suspected.isEmpty()) {
      return ranked;
    }
    var rest = reference.without(suspected);
    return rest.total() >= FEWEST ? EmpiricalCdf.of(bins, rest) : ranked;
  }
}
