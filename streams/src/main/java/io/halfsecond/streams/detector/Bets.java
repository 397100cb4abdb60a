package io.halfsecond.streams.detector;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A set of bets on p-values being small.
///
/// A bet is made for one way in which measurements may have moved, the alternative: it pays, at
/// each p-value, as many times more as that p-value would be likelier then than now. What the
/// alternative would look like is read off the reference itself, moved: so a bet fits signals of
/// any shape. A payoff is constant over each of the [Slots] and never grows with p (pooled by
/// adjacent violators where the likelihood ratio does).
///
/// **Guarantees** that a bet has mean 1 over p uniform in (0, 1), whatever the reference, for the
/// alternative's probabilities of all slots sum up to 1; and a mean of at most 1 if p tends to be
/// larger. So no bet gains on average while nothing has moved, or while it has moved by less than
/// the dead zone.
final class Bets {
  /// No payoff is less than this: one odd sample costs a bet at most 3.5 nats.
  private static final double LEAST = 0.03;

  /// One way to have moved: two representatives of a range of shifts.
  ///
  /// @param near a smaller shift beyond the dead zone, in spreads of the reference
  /// @param far a larger one
  /// @param share of the samples that have moved
  /// @param weight of the bet in its key's budget
  private record Alternative(double near, double far, double share, double weight) {
    /// At a quarter and three quarters of the range, on the logarithmic scale.
    private static Alternative between(double from, double to, double share, double weight) {
      double half = Math.sqrt(Math.sqrt(to / from));
      return new Alternative(from * half, to / half, share, weight);
    }

    private double stake() {
      return share < 1 ? 1 : 1 - LEAST;
    }
  }

  /// Bets that are made together.
  static final class Family {
    /// All samples have moved, by a fifth of a spread to 64 spreads. Large shifts get more of the
    /// budget: there a nat is a fifth of a login, with small ones a whole one.
    static final Family RISING =
        new Family(
            Alternative.between(0.20, 0.45, 1, 0.06),
            Alternative.between(0.45, 0.85, 1, 0.06),
            Alternative.between(0.85, 1.4, 1, 0.06),
            Alternative.between(1.4, 2.2, 1, 0.06),
            Alternative.between(2.2, 4, 1, 0.06),
            Alternative.between(4, 6, 1, 0.1),
            Alternative.between(6, 8, 1, 0.1),
            Alternative.between(8, 10, 1, 0.1),
            Alternative.between(10, 14, 1, 0.1),
            Alternative.between(14, 64, 1, 0.1));

    /// A signal that got faster, which matters less.
    static final Family FALLING =
        new Family(
            Alternative.between(0.7, 1.5, 1, 0.066),
            Alternative.between(1.5, 3, 1, 0.066),
            Alternative.between(3, 8, 1, 0.066));

    /// What takes hundreds of samples: small shifts, and large ones of 2 % of the samples.
    static final Family SLOW =
        new Family(
            Alternative.between(0.20, 0.45, 1, 0.028),
            Alternative.between(0.45, 0.85, 1, 0.028),
            Alternative.between(0.85, 2.2, 1, 0.028),
            Alternative.between(4, 8, 0.02, 0.028),
            Alternative.between(8, 12, 0.02, 0.028),
            Alternative.between(12, 22, 0.02, 0.028),
            Alternative.between(22, 64, 0.02, 0.028));

    /// The end of a shift: samples are as before it (the first bet), or at least moved in that
    /// direction.
    static final Family RETURNING =
        new Family(
            new Alternative(0, 0, 1, 0.25),
            Alternative.between(0.7, 1.5, 1, 0.25),
            Alternative.between(1.5, 3, 1, 0.25),
            Alternative.between(3, 8, 1, 0.25));

    static final Family NONE = new Family();

    private final List<Alternative> alternatives;

    private Family(Alternative... alternatives) {
      this.alternatives = List.of(alternatives);
    }

    int size() {
      return alternatives.size();
    }

    /// Each bet's share of the budget of its key. RISING with FALLING, and with SLOW, make up 1.
    double[] weights() {
      return alternatives.stream().mapToDouble(Alternative::weight).toArray();
    }
  }

  private final boolean[] live;
  private final double[][] payoffs;

  /// Made when first asked for: of most slots never.
  private final double[][] logs;

  /// @param bets what each pays in every slot
  private Bets(List<double[]> bets) {
    live = new boolean[bets.size()];
    payoffs = new double[Slots.COUNT][bets.size()];
    logs = new double[Slots.COUNT][0];
    for (int slot = 0; slot < Slots.COUNT; slot++) {
      for (int j = 0; j < bets.size(); j++) {
        payoffs[slot][j] = bets.get(j)[slot];
        live[j] |= payoffs[slot][j] != 1;
      }
    }
  }

  /// Bets on an upward shift.
  ///
  /// @param ranked what samples are ranked among
  /// @param unshifted the same without what is suspected to be shifted
  static Bets upward(Family family, Shape ranked, Shape unshifted, DeadZone zone) {
    return new Bets(upward(family.alternatives, ranked, unshifted, zone));
  }

  /// Bets on a downward shift.
  static Bets downward(Family family, Shape ranked, Shape unshifted, DeadZone zone) {
    return new Bets(downward(family.alternatives, ranked, unshifted, zone));
  }

  /// Bets of [Family#RETURNING].
  static Bets returning(Direction of, Shape shifted, Shape before, DeadZone zone) {
    var moved = Family.RETURNING.alternatives.subList(1, Family.RETURNING.size());
    var bets = new ArrayList<double[]>();
    var back = Family.RETURNING.alternatives.getFirst();
    switch (of) {
      case UP -> {
        bets.add(bet(shifted.size(), slot -> before.below(zone.shrink(low(shifted, slot))), back));
        bets.addAll(downward(moved, shifted, shifted, zone));
      }
      case DOWN -> {
        bets.add(bet(shifted.size(), slot -> before.above(zone.grow(high(shifted, slot))), back));
        bets.addAll(upward(moved, shifted, shifted, zone));
      }
    }
    return new Bets(bets);
  }

  private static List<double[]> upward(
      List<Alternative> alternatives, Shape ranked, Shape unshifted, DeadZone zone) {
    double edge = zone.grow(unshifted.median()) - unshifted.median();
    double spread = unshifted.spread();
    var grown = new double[Slots.COUNT];
    for (int slot = 0; slot < Slots.COUNT; slot++) {
      grown[slot] = zone.grow(high(ranked, slot));
    }
    return alternatives.stream()
        .map(
            alternative -> {
              double[] near = unshifted.above(grown, edge + alternative.near() * spread);
              double[] far = unshifted.above(grown, edge + alternative.far() * spread);
              return bet(ranked.size(), slot -> (near[slot] + far[slot]) / 2, alternative);
            })
        .toList();
  }

  private static List<double[]> downward(
      List<Alternative> alternatives, Shape ranked, Shape unshifted, DeadZone zone) {
    double edge = unshifted.median() - zone.shrink(unshifted.median());
    double spread = unshifted.spread();
    var shrunk = new double[Slots.COUNT];
    for (int slot = 0; slot < Slots.COUNT; slot++) {
      shrunk[slot] = zone.shrink(low(ranked, slot));
    }
    return alternatives.stream()
        .map(
            alternative -> {
              double[] near = unshifted.below(shrunk, edge + alternative.near() * spread);
              double[] far = unshifted.below(shrunk, edge + alternative.far() * spread);
              return bet(ranked.size(), slot -> (near[slot] + far[slot]) / 2, alternative);
            })
        .toList();
  }

  /// The value that has the p-value at the slot's upper edge, ranked from above.
  private static double high(Shape ranked, int slot) {
    return ranked.quantile(1 - Slots.share(slot, ranked.size()));
  }

  /// Likewise from below.
  private static double low(Shape ranked, int slot) {
    return ranked.quantile(Slots.share(slot, ranked.size()));
  }

  private interface Power {
    /// How likely a value beyond the one of the slot's upper edge is under the alternative.
    double at(int slot);
  }

  /// @param n how many samples are ranked among
  private static double[] bet(double n, Power power, Alternative alternative) {
    double share = alternative.share();
    double stake = alternative.stake();
    // Pool adjacent violators (Ayer et al. 1955): the best decreasing density below the
    // alternative's.
    var mass = new double[Slots.COUNT];
    var width = new double[Slots.COUNT];
    var pooled = new int[Slots.COUNT];
    int pools = 0;
    double before = 0;
    for (int slot = 0; slot < Slots.COUNT; slot++) {
      double upTo =
          slot == Slots.COUNT - 1 ? 1 : Math.max(before, power.at(slot) * Slots.certainty(slot, n));
      mass[pools] = upTo - before;
      width[pools] = Slots.width(slot);
      pooled[pools++] = 1;
      before = upTo;
      while (pools > 1 && mass[pools - 1] * width[pools - 2] > mass[pools - 2] * width[pools - 1]) {
        pools--;
        mass[pools - 1] += mass[pools];
        width[pools - 1] += width[pools];
        pooled[pools - 1] += pooled[pools];
      }
    }
    var payoffs = new double[Slots.COUNT];
    int slot = 0;
    for (int pool = 0; pool < pools; pool++) {
      double density = 1 - share + share * mass[pool] / width[pool];
      for (int i = 0; i < pooled[pool]; i++) {
        payoffs[slot++] = 1 - stake + stake * density;
      }
    }
    return payoffs;
  }

  /// False for a bet that pays 1 whatever happens, because no decreasing payoff fits its
  /// alternative.
  boolean isLive(int bet) {
    return live[bet];
  }

  /// What each bet pays at p, above 0 and at most 1. Not to be changed.
  double[] payoffs(double p) {
    return payoffs[Slots.of(p)];
  }

  /// The logarithms of [#payoffs].
  double[] logs(double p) {
    int slot = Slots.of(p);
    double[] known = logs[slot];
    if (known.length == 0) {
      known = Arrays.stream(payoffs[slot]).map(StrictMath::log).toArray();
      logs[slot] = known;
    }
    return known;
  }
}
