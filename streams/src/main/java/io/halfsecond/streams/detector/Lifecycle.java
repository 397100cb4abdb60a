package io.halfsecond.streams.detector;

import io.halfsecond.streams.detector.Bets.Family;
import io.halfsecond.streams.histogram.Bins;
import io.halfsecond.streams.histogram.Distribution;
import io.halfsecond.streams.histogram.Histogram;
import io.halfsecond.streams.histogram.Shift;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntToDoubleFunction;

/// What becomes of an alert after it has opened, and how it opens: one key, at the end of a block
/// or at a person's word.
final class Lifecycle {
  /// An open alert with new connections is reported on at least this often.
  private static final long UPDATE_MICROS = Micros.HOUR;

  /// Evidence, in days, that the signal has moved back.
  private static final double RETURN_DAYS = 1;

  /// An alert that is over within this time of its onset was transient.
  private static final long TRANSIENT_MICROS = 15 * Micros.MINUTE;

  private static final long PRELIMINARY_SAMPLES = 50;
  private static final long CONFIRMING_VOTES = 3;
  private static final int CONFIRMING_SOURCES = 2;

  /// A host that one machine alone logs in to would else never be confirmed.
  private static final long CONFIRMING_VOTES_OF_ONE_SOURCE = 10;

  /// An accepted level serves as an anchor if it is known that well.
  private static final long ANCHOR_SAMPLES = 100;

  private final KeyState state;
  private final Context context;
  private final double limitDays;
  private final Bins bins;
  private final List<AlertStep> steps = new ArrayList<>();

  Lifecycle(KeyState state, Context context, double limitDays) {
    this.state = state;
    this.context = context;
    this.limitDays = limitDays;
    this.bins = context.signal().bins();
  }

  List<AlertStep> steps() {
    return List.copyOf(steps);
  }

  /// Opens an alert, or makes one of a lower tier one of this, if the evidence passes the limit.
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
    var yardstick = Yardstick.of(state, context);
    if (excursion.samples.total() == heldSamples()) {
      // A host that has never been otherwise: what the cohort lends is what it should be like.
      state.pending.add(yardstick.lent());
    }
    // Without samples on both sides there is nothing to say about a shift. R stays, and the next
    // block decides.
    if (excursion.isEmpty() || excursion.samples.total() >= heldSamples()) {
      return;
    }
    var zone = tier == Tier.STEP ? yardstick.step() : yardstick.creep();
    var onset = Onset.of(excursion, gains(found, up, yardstick, zone), blockMicros);
    var incident = state.incident;
    boolean opens = incident == null;
    if (incident == null) {
      incident = new Incident(tier, up ? Direction.UP : Direction.DOWN, now);
      state.incident = incident;
      state.pending.subtract(onset.shifted());
    }
    incident.be(tier, up ? Direction.UP : Direction.DOWN, onset, evidence, limitDays);
    incident.sources.add(excursion.sources);
    incident.waiting.replaceBy(excursion.waiting);
    state.step.clear();
    state.creep.clear();
    var facts = facts(incident, now);
    steps.add(opens ? new AlertStep.Opened(facts) : new AlertStep.Updated(facts));
    confirm(incident, now);
  }

  /// B, P and an incident of a lower tier: what an excursion's samples have joined.
  private long heldSamples() {
    var incident = state.incident;
    return state.baselineCount() + (incident == null ? 0 : incident.shifted.total());
  }

  /// The logarithm of what the winning bet would pay for a bin if only what is not suspected were
  /// ranked among, ties broken in the middle.
  private IntToDoubleFunction gains(
      TierState found, boolean up, Yardstick yardstick, DeadZone zone) {
    var before =
        state.baseline().without(up ? found.up.samples : found.down.samples).plus(yardstick.lent());
    var reference = new Reference(before);
    var shape = Shape.of(bins, before);
    if (!up) {
      var bets = Bets.downward(Family.FALLING, shape, shape, zone);
      return bin ->
          bets.logs(reference.lower(yardstick.grown(bins.valueAt(bin + 0.5), zone), 0.5))[
              found.fall.winner()];
    }
    boolean slow = found.slow.best() > found.rise.best();
    var bets = Bets.upward(slow ? Family.SLOW : Family.RISING, shape, shape, zone);
    int winner = slow ? found.slow.winner() : found.rise.winner();
    return bin ->
        bets.logs(reference.upper(yardstick.shrunk(bins.valueAt(bin + 0.5), zone), 0.5))[winner];
  }

  /// Opens an alert because the baseline, with what is pending, has walked away from its anchor.
  void openDrift(Direction direction, long now) {
    var incident = new Incident(Tier.DRIFT, direction, now);
    incident.be(
        Tier.DRIFT,
        direction,
        new Onset(state.pendingSince, state.pending.copy(), 0, 0, now),
        0,
        0);
    incident.waiting.replaceBy(state.waiting);
    incident.confirmed = true;
    state.incident = incident;
    state.pending.clear();
    state.creep.clear();
    // Samples that it suspects are among those that have gone.
    state.step.clear();
    steps.add(new AlertStep.Opened(facts(incident, now)));
  }

  /// Looks how the open alert fares.
  void follow(Incident incident, long now) {
    if (incident.back.evidence() >= RETURN_DAYS) {
      var recent = incident.returning.samples;
      if (!recent.isEmpty()
          && recent.total() < incident.shifted.total()
          && isBack(incident, recent)) {
        end(incident, now);
        return;
      }
      // Moved, but to a third level: that is part of the incident, and a return is judged against
      // it too.
      incident.back.clear();
      incident.returning.clear();
    }
    confirm(incident, now);
    boolean doubled = incident.shifted.total() >= 2 * incident.connectionsAtLastStep;
    if (doubled || now - incident.lastStepAt >= UPDATE_MICROS) {
      steps.add(new AlertStep.Updated(facts(incident, now)));
    }
  }

  private void confirm(Incident incident, long now) {
    int sources = incident.sources.count();
    boolean several = sources == 0 || sources >= CONFIRMING_SOURCES;
    if (!incident.confirmed
        && incident.votes >= (several ? CONFIRMING_VOTES : CONFIRMING_VOTES_OF_ONE_SOURCE)) {
      incident.confirmed = true;
      steps.add(new AlertStep.Confirmed(facts(incident, now)));
    }
  }

  private boolean isBack(Incident incident, Histogram recent) {
    double before = before(incident).median();
    double since = new Distribution(recent, bins).median();
    var zone = incident.tier == Tier.STEP ? context.signal().step() : context.signal().creep();
    return switch (incident.direction) {
      case UP -> since <= zone.grow(before);
      case DOWN -> since >= zone.shrink(before);
    };
  }

  private void end(Incident incident, long now) {
    var recent = incident.returning;
    incident.shifted.subtract(recent.samples);
    incident.votes -= recent.votes;
    var facts = facts(incident, now);
    if (state.pending.isEmpty()) {
      state.pendingSince = now;
    }
    state.pending.add(recent.samples);
    state.incident = null;
    // Their samples have gone with the incident.
    state.step.clear();
    steps.add(
        now - incident.onset < TRANSIENT_MICROS
            ? new AlertStep.Transient(facts)
            : new AlertStep.Resolved(facts));
  }

  /// @param baselineSamples how many samples the new baseline has at most
  void accept(long now, int baselineSamples) {
    var incident = state.incident;
    if (incident == null) {
      return;
    }
    var facts = facts(incident, now);
    state.former =
        new Former(incident.openedAt, state.baseline(), Optional.ofNullable(state.anchor));
    begin(incident.shifted, baselineSamples);
    state.anchor =
        state.committed.total() >= ANCHOR_SAMPLES ? Anchor.of(state.committed, now) : null;
    state.waiting.replaceBy(incident.waiting);
    state.incident = null;
    steps.add(new AlertStep.Acknowledged(facts));
  }

  void dismiss(long now) {
    var incident = state.incident;
    if (incident != null) {
      steps.add(new AlertStep.Acknowledged(facts(incident, now)));
    }
  }

  /// Puts the baseline in force that an acceptance replaced. An alert that has opened since,
  /// against the accepted one, is no alert against this.
  ///
  /// @return false if there is no such baseline
  boolean rollBack() {
    var former = state.former;
    if (former == null) {
      return false;
    }
    begin(former.baseline(), Integer.MAX_VALUE);
    state.anchor = former.anchor().orElse(null);
    state.incident = null;
    state.former = null;
    return true;
  }

  /// Starts over with another baseline.
  private void begin(Histogram baseline, int most) {
    state.commit(baseline, new Histogram(), most);
    state.step.clear();
    state.creep.clear();
  }

  private Distribution before(Incident incident) {
    var anchor = state.anchor;
    return incident.tier == Tier.DRIFT && anchor != null
        ? anchor.distribution(bins)
        : new Distribution(state.baseline(), bins);
  }

  /// Describes the incident as of `now`, and notes that it has been told.
  private AlertFacts facts(Incident incident, long now) {
    incident.lastStepAt = now;
    incident.connectionsAtLastStep = incident.shifted.total();
    var before = before(incident);
    var after = new Distribution(incident.shifted, bins);
    var shift = Shift.of(before, after);
    long connections = incident.shifted.total();
    return new AlertFacts(
        incident.tier,
        incident.direction,
        Micros.instant(now),
        Micros.instant(incident.openedAt),
        Micros.instant(incident.onset),
        Optional.of(incident.onsetNotBefore).filter(micros -> micros > 0).map(Micros::instant),
        Micros.instant(incident.onsetNotAfter),
        summary(incident, before),
        Summary.of(after),
        shift.median(),
        shift.low(),
        shift.high(),
        connections < PRELIMINARY_SAMPLES,
        connections,
        incident.votes,
        incident.sources.count(),
        share(state.waiting),
        share(incident.waiting),
        incident.evidenceDays,
        incident.limitDays);
  }

  private Summary summary(Incident incident, Distribution before) {
    var anchor = state.anchor;
    return incident.tier == Tier.DRIFT && anchor != null
        ? anchor.summary(bins)
        : Summary.of(before);
  }

  private static double share(Mean waiting) {
    return waiting.count == 0 ? Sample.NOT_KNOWN : waiting.value;
  }
}
