package io.halfsecond.streams.detector;

import io.halfsecond.streams.detector.evidence.Bets;
import io.halfsecond.streams.detector.evidence.EmpiricalCdf;
import io.halfsecond.streams.detector.evidence.Reference;
import io.halfsecond.streams.detector.state.Anchor;
import io.halfsecond.streams.detector.state.Micros;
import io.halfsecond.streams.detector.state.Onset;
import io.halfsecond.streams.histogram.Bins;
import io.halfsecond.streams.histogram.Distribution;
import io.halfsecond.streams.histogram.Histogram;
import io.halfsecond.streams.histogram.Shift;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntToDoubleFunction;

/// Opens, updates, confirms and ends the alert of one key, at the end of a block or on a decision.
final class AlertLifecycle {
  /// An open alert with new connections is updated at least this often.
  private static final long UPDATE_MICROS = Micros.HOUR;

  /// The evidence of a return, in days, that ends an alert.
  private static final double RETURN_DAYS = 1;

  /// An alert that ends within this time of its onset was transient.
  private static final long TRANSIENT_MICROS = 15 * Micros.MINUTE;

  private static final long PRELIMINARY_SAMPLES = 50;
  private static final long CONFIRMING_VOTES = 3;
  private static final int CONFIRMING_SOURCES = 2;

  /// Without this, an alert on a host with a single client would never be confirmed.
  private static final long CONFIRMING_VOTES_OF_ONE_SOURCE = 10;

  /// An accepted baseline becomes an anchor if it has this many samples.
  private static final long ANCHOR_SAMPLES = 100;

  private final KeyState state;
  private final Context context;
  private final double limitDays;
  private final Bins bins;
  private final List<AlertStep> steps = new ArrayList<>();

  AlertLifecycle(KeyState state, Context context, double limitDays) {
    this.state = state;
    this.context = context;
    this.limitDays = limitDays;
    this.bins = context.signal().bins();
  }

  List<AlertStep> steps() {
    return List.copyOf(steps);
  }

  /// If the evidence of a tier reaches the limit, opens an alert, or raises the open one to this
  /// tier.
  ///
  /// @param blockMicros length of a block of the tier
  void judge(Tier tier, TierState found, long now, long blockMicros) {
    double evidence = found.evidence();
    if (evidence < limitDays) {
      return;
    }
    double rise = Math.max(found.rise.best(), found.slow.best());
    boolean up = rise >= found.fall.best();
    var excursion = up ? found.up : found.down;
    var basis = ScoringBasis.of(state, context);
    if (excursion.samples.total() == heldSamples()) {
      // The key has been shifted since its first sample. The baseline is what the cohort lends.
      state.pending.add(basis.borrowed());
    }
    // Without samples on both sides, no shift can be stated. The evidence is kept, and the next
    // block decides.
    if (excursion.samples.isEmpty() || excursion.samples.total() >= heldSamples()) {
      return;
    }
    var onset = Onset.of(excursion, gains(found, up, basis, basis.zone(tier)), blockMicros);
    var open = state.openShift;
    boolean opens = open == null;
    if (open == null) {
      open = new OpenShift(tier, up ? Direction.UP : Direction.DOWN, now);
      state.openShift = open;
      state.pending.subtract(onset.shifted());
    }
    open.set(tier, up ? Direction.UP : Direction.DOWN, onset, evidence, limitDays);
    open.sources.add(excursion.sources);
    open.waiting.replaceBy(excursion.waiting);
    open.noticeLoadAtOnset(state.waiting);
    date(open);
    state.step.clear();
    state.creep.clear();
    var facts = facts(open, now);
    steps.add(opens ? new AlertStep.Opened(facts) : new AlertStep.Updated(facts));
    confirm(open, now);
  }

  /// Corrects the onset of a shift that may have begun before the last decision.
  private void date(OpenShift open) {
    var standing = state.standing;
    var replaced = state.replaced;
    if (standing != null && standing.goesOnAs(open)) {
      open.resume(standing);
    } else if (replaced != null && replaced.wasOvertakenBy(open)) {
      open.onsetNotBefore = replaced.shift().notAfter();
    }
  }

  /// The number of samples that an excursion can be part of: the baseline, and those since the
  /// onset of an open alert of a lower tier.
  private long heldSamples() {
    var open = state.openShift;
    return state.baselineCount() + (open == null ? 0 : open.shifted.total());
  }

  /// The logarithm of the payoff of the winning bet by bin, with ranks among samples that are not
  /// suspected, and ties broken in the middle.
  private IntToDoubleFunction gains(
      TierState found, boolean up, ScoringBasis basis, DeadZone zone) {
    var before =
        state.baseline().without(up ? found.up.samples : found.down.samples).plus(basis.borrowed());
    var reference = new Reference(before);
    var cdf = EmpiricalCdf.of(bins, before);
    if (!up) {
      var bets = Bets.downward(Bets.Family.FALLING, cdf, cdf, zone::shrink);
      return bin ->
          bets.logs(reference.lower(basis.grown(bins.valueAt(bin + 0.5), zone), 0.5))[
              found.fall.winner()];
    }
    boolean slow = found.slow.best() > found.rise.best();
    var bets = Bets.upward(slow ? Bets.Family.SLOW : Bets.Family.RISING, cdf, cdf, zone::grow);
    int winner = slow ? found.slow.winner() : found.rise.winner();
    return bin ->
        bets.logs(reference.upper(basis.shrunk(bins.valueAt(bin + 0.5), zone), 0.5))[winner];
  }

  /// Opens an alert because the baseline, with the pending samples, has drifted from its anchor.
  void openDrift(Direction direction, long now) {
    var open = new OpenShift(Tier.DRIFT, direction, now);
    open.set(
        Tier.DRIFT,
        direction,
        new Onset(state.pendingSince, state.pending.copy(), 0, 0, now),
        0,
        0);
    open.waiting.replaceBy(state.waiting);
    open.confirmed = true;
    state.openShift = open;
    state.pending.clear();
    state.creep.clear();
    // The samples that it suspects were pending.
    state.step.clear();
    // A baseline of thousands of samples needs no confirmation.
    steps.add(new AlertStep.Opened(facts(open, now)));
    steps.add(new AlertStep.Confirmed(facts(open, now)));
  }

  /// Ends, confirms or updates the open alert, if due.
  void followUp(OpenShift open, long now) {
    if (open.returned.evidence() >= RETURN_DAYS) {
      var recent = open.returning.samples;
      if (!recent.isEmpty() && recent.total() < open.shifted.total() && isBack(open, recent)) {
        end(open, now);
        return;
      }
      // The signal has moved to a third level. That is part of the shift, and a return must move
      // away from it too.
      open.expectReturn();
    }
    confirm(open, now);
    boolean doubled = open.shifted.total() >= 2 * open.connectionsAtLastStep;
    if (open.noticeLoadGone(state.waiting) || doubled || now - open.lastStepAt >= UPDATE_MICROS) {
      steps.add(new AlertStep.Updated(facts(open, now)));
    }
  }

  private void confirm(OpenShift open, long now) {
    int sources = open.sources.count();
    boolean several = sources == 0 || sources >= CONFIRMING_SOURCES;
    if (!open.confirmed
        && open.votes >= (several ? CONFIRMING_VOTES : CONFIRMING_VOTES_OF_ONE_SOURCE)) {
      open.confirmed = true;
      steps.add(new AlertStep.Confirmed(facts(open, now)));
    }
  }

  private boolean isBack(OpenShift open, Histogram recent) {
    var zone = open.tier == Tier.STEP ? context.signal().step() : context.signal().creep();
    return isWithin(zone, open.direction, before(open), recent);
  }

  private boolean isWithin(
      DeadZone zone, Direction direction, Distribution before, Histogram samples) {
    double median = before.median();
    double since = new Distribution(samples, bins).median();
    return switch (direction) {
      case UP -> since <= zone.grow(median);
      case DOWN -> since >= zone.shrink(median);
    };
  }

  private void end(OpenShift open, long now) {
    var recent = open.returning;
    open.shifted.subtract(recent.samples);
    open.votes -= recent.votes();
    var facts = facts(open, now);
    if (state.pending.isEmpty()) {
      state.pendingSince = now;
    }
    state.pending.add(recent.samples);
    state.openShift = null;
    state.standing = null;
    // The samples of its excursions belonged to the shift.
    state.step.clear();
    steps.add(
        now - open.onset < TRANSIENT_MICROS
            ? new AlertStep.Transient(facts)
            : new AlertStep.Resolved(facts));
  }

  /// @param baselineSamples the largest size of the new baseline
  void accept(long now, int baselineSamples) {
    var open = state.openShift;
    if (open == null) {
      return;
    }
    var facts = facts(open, now);
    state.replaced =
        new ReplacedBaseline(
            open.openedAt,
            state.baseline(),
            Optional.ofNullable(state.anchor),
            state.waiting.copy(),
            open.soFar(),
            state.lastMicros);
    state.standing = null;
    restart(open.shifted, baselineSamples);
    state.anchor =
        state.committed.total() >= ANCHOR_SAMPLES ? Anchor.of(state.committed, now) : null;
    state.waiting.replaceBy(open.waiting);
    state.openShift = null;
    steps.add(new AlertStep.Acknowledged(facts));
  }

  void dismiss(long now) {
    var open = state.openShift;
    if (open != null) {
      steps.add(new AlertStep.Acknowledged(facts(open, now)));
    }
  }

  /// Restores the baseline that the last acceptance replaced. An alert that has opened since then
  /// is about the accepted baseline, so it ends. If the accepted shift is still there, the next
  /// alert is about it.
  ///
  /// @return false if there is no replaced baseline
  boolean rollBack() {
    var replaced = state.replaced;
    if (replaced == null) {
      return false;
    }
    var shift = replaced.shift();
    var since = samplesSince(shift);
    restart(replaced.baseline(), Integer.MAX_VALUE);
    state.anchor = replaced.anchor().orElse(null);
    state.waiting.replaceBy(replaced.waiting());
    state.openShift = null;
    state.replaced = null;
    boolean gone =
        since.isEmpty()
            || isWithin(
                context.signal().creep(),
                shift.direction(),
                new Distribution(state.baseline(), bins),
                since);
    state.standing = gone ? null : new StandingShift(shift, since, state.lastMicros);
    return true;
  }

  /// The accepted samples and those that were like them. If the signal has moved back since then,
  /// only the samples after that: they say whether it is back where it was before the shift.
  private Histogram samplesSince(ShiftSoFar shift) {
    var open = state.openShift;
    if (open == null) {
      return state.baseline();
    }
    return open.direction == shift.direction()
        ? state.baseline().plus(open.shifted)
        : open.shifted.copy();
  }

  /// Starts over with another baseline.
  private void restart(Histogram baseline, int most) {
    state.commit(baseline, new Histogram(), most);
    state.step.clear();
    state.creep.clear();
  }

  private Distribution before(OpenShift open) {
    return anchor(open)
        .map(anchor -> anchor.distribution(bins))
        .orElseGet(() -> new Distribution(state.baseline(), bins));
  }

  /// The anchor, if that is what the shift is compared with.
  private Optional<Anchor> anchor(OpenShift open) {
    return Optional.ofNullable(state.anchor).filter(_ -> open.tier == Tier.DRIFT);
  }

  /// Describes the open alert as of `now`, and remembers that it has been reported.
  private AlertFacts facts(OpenShift open, long now) {
    open.lastStepAt = now;
    open.connectionsAtLastStep = open.shifted.total();
    var before = before(open);
    var after = new Distribution(open.shifted, bins);
    var shift = Shift.of(before, after);
    long connections = open.shifted.total();
    return new AlertFacts(
        open.tier,
        open.direction,
        Micros.instant(now),
        Micros.instant(open.openedAt),
        Micros.instant(open.onset),
        Optional.of(open.onsetNotBefore).filter(micros -> micros > 0).map(Micros::instant),
        Micros.instant(open.onsetNotAfter),
        Summary.of(before)
            .withCount(anchor(open).map(Anchor::samples).orElseGet(state::baselineCount)),
        Summary.of(after),
        shift.median(),
        shift.low(),
        shift.high(),
        connections < PRELIMINARY_SAMPLES,
        connections,
        open.votes,
        open.sources.count(),
        state.waiting.value(),
        open.waiting.value(),
        open.withoutLoad,
        open.evidenceDays,
        open.limitDays);
  }
}
