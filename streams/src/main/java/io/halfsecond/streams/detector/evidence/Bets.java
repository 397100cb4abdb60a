package io.halfsecond.streams.detector.evidence;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntToDoubleFunction;

/// A set of bets that p-values are small.
///
/// Each bet is designed for one alternative: a range of shifts of the measurements. Its payoff at a
/// p-value is the likelihood ratio of that p-value, under the alternative over under no change. The
/// distribution under the alternative is the reference itself, shifted, so the bets fit signals of
/// any shape. A payoff is constant within each cell of the [PValueGrid], and it never increases
/// with p: where the likelihood ratio does, adjacent violators are pooled.
///
/// Shifts that do not matter are removed by an operator `grow` or `shrink` of the dead zone. It
/// maps a value to the largest or the smallest one that it could have become without a shift that
/// matters.
///
/// **Guarantees** that a bet has mean 1 if p is uniform in (0, 1), whatever the reference, because
/// the probabilities of all cells under the alternative add up to 1. The mean is at most 1 if p
/// tends to be larger. So no bet gains on average while nothing has shifted, or by less than the
/// dead zone.
public final class Bets {
  private static final double[][] NONE = new double[PValueGrid.CELLS][0];

  /// The least payoff: one outlier costs a bet at most 3.5 nats.
  private static final double LEAST = 0.03;

  /// An alternative: a range of shifts, represented by two of them.
  ///
  /// @param near the smaller shift beyond the dead zone, in spreads of the reference
  /// @param far the larger one
  /// @param share of the samples that have shifted
  /// @param weight of the bet in the budget of its key
  private record ShiftRange(double near, double far, double share, double weight) {
    /// The representatives lie at a quarter and three quarters of the range, on a logarithmic
    /// scale.
    private static ShiftRange between(double from, double to, double share, double weight) {
      double half = Math.sqrt(Math.sqrt(to / from));
      return new ShiftRange(from * half, to / half, share, weight);
    }

    private double stake() {
      return share < 1 ? 1 : 1 - LEAST;
    }
  }

  /// The alternatives of bets that are made together.
  public static final class Family {
    /// All samples have shifted upwards, by a fifth of a spread to 64 spreads. Large shifts get
    /// more of the budget: for them a nat is a fifth of a login, for small ones a whole login.
    public static final Family RISING =
        new Family(
            ShiftRange.between(0.20, 0.45, 1, 0.06),
            ShiftRange.between(0.45, 0.85, 1, 0.06),
            ShiftRange.between(0.85, 1.4, 1, 0.06),
            ShiftRange.between(1.4, 2.2, 1, 0.06),
            ShiftRange.between(2.2, 4, 1, 0.06),
            ShiftRange.between(4, 6, 1, 0.1),
            ShiftRange.between(6, 8, 1, 0.1),
            ShiftRange.between(8, 10, 1, 0.1),
            ShiftRange.between(10, 14, 1, 0.1),
            ShiftRange.between(14, 64, 1, 0.1));

    /// All samples have shifted downwards. A signal that got faster matters less.
    public static final Family FALLING =
        new Family(
            ShiftRange.between(0.7, 1.5, 1, 0.066),
            ShiftRange.between(1.5, 3, 1, 0.066),
            ShiftRange.between(3, 8, 1, 0.066));

    /// Upward shifts that take hundreds of samples to detect: small ones, and large ones of 2 % of
    /// the samples.
    public static final Family SLOW =
        new Family(
            ShiftRange.between(0.20, 0.45, 1, 0.028),
            ShiftRange.between(0.45, 0.85, 1, 0.028),
            ShiftRange.between(0.85, 2.2, 1, 0.028),
            ShiftRange.between(4, 8, 0.02, 0.028),
            ShiftRange.between(8, 12, 0.02, 0.028),
            ShiftRange.between(12, 22, 0.02, 0.028),
            ShiftRange.between(22, 64, 0.02, 0.028));

    /// The end of a shift. The first bet is that samples are distributed as before the shift, the
    /// others that they have moved in that direction.
    public static final Family RETURNING =
        new Family(
            new ShiftRange(0, 0, 1, 0.25),
            ShiftRange.between(0.7, 1.5, 1, 0.25),
            ShiftRange.between(1.5, 3, 1, 0.25),
            ShiftRange.between(3, 8, 1, 0.25));

    public static final Family NONE = new Family();

    private final List<ShiftRange> ranges;
    private final double[] weights;

    private Family(ShiftRange... ranges) {
      this.ranges = List.of(ranges);
      this.weights = this.ranges.stream().mapToDouble(ShiftRange::weight).toArray();
    }

    public int size() {
      return ranges.size();
    }

    /// The share of each bet in the budget of its key. RISING with FALLING, and RISING with SLOW,
    /// add up to 1. Must not be modified.
    double[] weights() {
      return weights;
    }
  }

  /// What a bet pays: the same within each pool of cells.
  private static final class Payoffs {
    /// Behind the last cell of each pool. The last pool ends with the last cell.
    private final byte[] ends;

    private final double[] payoffs;

    private Payoffs(byte[] ends, double[] payoffs) {
      this.ends = ends;
      this.payoffs = payoffs;
    }

    private double at(int cell) {
      int pool = 0;
      while (cell >= ends[pool]) {
        pool++;
      }
      return payoffs[pool];
    }

    private boolean alwaysOne() {
      for (double payoff : payoffs) {
        if (payoff != 1) {
          return false;
        }
      }
      return true;
    }
  }

  private final boolean[] live;
  private final List<Payoffs> byBet;

  /// By cell, then by bet. Like the logarithms, those of a cell are sorted out when first needed.
  private final double[][] payoffs;

  private final double[][] logs;

  private Bets(List<Payoffs> bets) {
    byBet = bets;
    live = new boolean[bets.size()];
    payoffs = NONE.clone();
    logs = NONE.clone();
    for (int j = 0; j < live.length; j++) {
      live[j] = !bets.get(j).alwaysOne();
    }
  }

  /// Bets on an upward shift.
  ///
  /// @param ranked the samples among which new ones are ranked
  /// @param unshifted the same without those that are suspected to be shifted
  public static Bets upward(
      Family family, EmpiricalCdf ranked, EmpiricalCdf unshifted, DoubleUnaryOperator grow) {
    return new Bets(upward(family.ranges, ranked, unshifted, grow));
  }

  /// Bets on a downward shift.
  public static Bets downward(
      Family family, EmpiricalCdf ranked, EmpiricalCdf unshifted, DoubleUnaryOperator shrink) {
    return new Bets(downward(family.ranges, ranked, unshifted, shrink));
  }

  /// Bets of [Family#RETURNING] on the end of an upward shift.
  public static Bets returningDown(
      EmpiricalCdf shifted, EmpiricalCdf before, DoubleUnaryOperator shrink) {
    return returning(
        shifted,
        cell -> before.below(shrink.applyAsDouble(shifted.lows()[cell])),
        downward(partialReturns(), shifted, shifted, shrink));
  }

  /// Bets of [Family#RETURNING] on the end of a downward shift.
  public static Bets returningUp(
      EmpiricalCdf shifted, EmpiricalCdf before, DoubleUnaryOperator grow) {
    return returning(
        shifted,
        cell -> before.above(grow.applyAsDouble(shifted.highs()[cell])),
        upward(partialReturns(), shifted, shifted, grow));
  }

  private static List<ShiftRange> partialReturns() {
    return Family.RETURNING.ranges.subList(1, Family.RETURNING.size());
  }

  private static Bets returning(
      EmpiricalCdf shifted, IntToDoubleFunction asBefore, List<Payoffs> partial) {
    var bets = new ArrayList<Payoffs>();
    var pools = new Pools();
    Arrays.setAll(pools.beyond, asBefore);
    pools.known = PValueGrid.CELLS;
    bets.add(bet(shifted.size(), pools, Family.RETURNING.ranges.getFirst()));
    bets.addAll(partial);
    return new Bets(bets);
  }

  private static List<Payoffs> upward(
      List<ShiftRange> ranges,
      EmpiricalCdf ranked,
      EmpiricalCdf unshifted,
      DoubleUnaryOperator grow) {
    double edge = grow.applyAsDouble(unshifted.median()) - unshifted.median();
    double[] grown = each(ranked.highs(), grow);
    return bets(
        ranges,
        ranked,
        unshifted,
        edge,
        (near, far, means) -> unshifted.above(grown, near, far, means));
  }

  private static List<Payoffs> downward(
      List<ShiftRange> ranges,
      EmpiricalCdf ranked,
      EmpiricalCdf unshifted,
      DoubleUnaryOperator shrink) {
    double edge = unshifted.median() - shrink.applyAsDouble(unshifted.median());
    double[] shrunk = each(ranked.lows(), shrink);
    return bets(
        ranges,
        ranked,
        unshifted,
        edge,
        (near, far, means) -> unshifted.below(shrunk, near, far, means));
  }

  private static double[] each(double[] values, DoubleUnaryOperator operator) {
    var changed = new double[values.length];
    for (int cell = 0; cell < values.length; cell++) {
      changed[cell] = operator.applyAsDouble(values[cell]);
    }
    return changed;
  }

  /// Tells the shares of shifted samples beyond the values of cells.
  private interface Beyond {
    /// @param means gets, for each cell, the mean for two shifts, up to the first that is 1
    /// @return how many there are
    int means(double near, double far, double[] means);
  }

  /// @param edge the dead zone at the median
  private static List<Payoffs> bets(
      List<ShiftRange> ranges,
      EmpiricalCdf ranked,
      EmpiricalCdf unshifted,
      double edge,
      Beyond beyond) {
    double spread = unshifted.spread();
    var bets = new ArrayList<Payoffs>(ranges.size());
    var pools = new Pools();
    for (var range : ranges) {
      pools.known =
          beyond.means(edge + range.near() * spread, edge + range.far() * spread, pools.beyond);
      bets.add(bet(ranked.size(), pools, range));
    }
    return bets;
  }

  /// Cells that are pooled, and room for them: many bets are made one after the other.
  private static final class Pools {
    /// By cell, the probability under the alternative of a value beyond that of the cell's upper
    /// edge, for so many cells; 1 for those behind them.
    private final double[] beyond = new double[PValueGrid.CELLS];

    private int known;
    private final double[] mass = new double[PValueGrid.CELLS];
    private final double[] width = new double[PValueGrid.CELLS];
    private final int[] pooled = new int[PValueGrid.CELLS];
  }

  /// @param n the number of samples among which new ones are ranked
  private static Payoffs bet(double n, Pools room, ShiftRange range) {
    double share = range.share();
    double stake = range.stake();
    // Pool adjacent violators (Ayer et al. 1955): gives the least concave majorant's density, the
    // decreasing density that is closest to that of the alternative.
    var mass = room.mass;
    var width = room.width;
    var pooled = room.pooled;
    int pools = 0;
    double before = 0;
    int cell = 0;
    for (; cell < PValueGrid.CELLS && before < 1; cell++) {
      double upTo =
          cell == PValueGrid.CELLS - 1
              ? 1
              : Math.max(
                  before,
                  (cell < room.known ? room.beyond[cell] : 1) * PValueGrid.certainty(cell, n));
      mass[pools] = upTo - before;
      width[pools] = PValueGrid.width(cell);
      pooled[pools++] = 1;
      before = upTo;
      while (pools > 1 && mass[pools - 1] * width[pools - 2] > mass[pools - 2] * width[pools - 1]) {
        pools--;
        mass[pools - 1] += mass[pools];
        width[pools - 1] += width[pools];
        pooled[pools - 1] += pooled[pools];
      }
    }
    // Behind the cell where all values are beyond, the alternative has no mass.
    if (cell < PValueGrid.CELLS) {
      mass[pools] = 0;
      width[pools] = 1;
      pooled[pools++] = PValueGrid.CELLS - cell;
    }
    var ends = new byte[pools];
    var payoffs = new double[pools];
    int end = 0;
    for (int pool = 0; pool < pools; pool++) {
      double density = 1 - share + share * mass[pool] / width[pool];
      payoffs[pool] = 1 - stake + stake * density;
      end += pooled[pool];
      ends[pool] = (byte) end;
    }
    return new Payoffs(ends, payoffs);
  }

  /// False for a bet that always pays 1, because no decreasing payoff fits its alternative.
  boolean isLive(int bet) {
    return live[bet];
  }

  /// The payoff of each bet at p, above 0 and at most 1. Must not be modified.
  double[] payoffs(double p) {
    return payoffsOf(PValueGrid.cellOf(p));
  }

  private double[] payoffsOf(int cell) {
    double[] known = payoffs[cell];
    if (known.length == 0) {
      known = new double[live.length];
      for (int j = 0; j < known.length; j++) {
        known[j] = byBet.get(j).at(cell);
      }
      payoffs[cell] = known;
    }
    return known;
  }

  /// The logarithms of [#payoffs]. Must not be modified.
  public double[] logs(double p) {
    int cell = PValueGrid.cellOf(p);
    double[] known = logs[cell];
    if (known.length == 0) {
      known = payoffsOf(cell).clone();
      for (int j = 0; j < known.length; j++) {
        known[j] = StrictMath.log(known[j]);
      }
      logs[cell] = known;
    }
    return known;
  }
}
