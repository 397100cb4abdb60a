package io.halfsecond.streams.detector;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// Finds the moment at which a stream of measurements changed, without assuming how they are distributed.
///
/// Each sample is ranked among those learnt before its block, with a dead zone for shifts too small to matter. Bets on
/// extreme ranks are settled once a block, by the geometric mean over its samples, and summed up as a
/// Shiryaev–Roberts e-detector (Shin, Ramdas, Rinaldo, arXiv 2203.03532) whose unit is the day.
///
/// **Guarantees** that a key on which nothing changes takes at least [#limitDays] days on average to raise an alert,
/// from the first sample on, at any rate and for any distribution.
///
/// **Assumes** samples that are exchangeable from one block to the next, given in any order within a block and without
/// duplicates, and whose times are no later than now.
///
/// A late sample, older than the open block, is scored and learnt in the open block: its rank is as good as any, and
/// votes stay one a block. An alert's onset is the time of its first sample in order of arrival.
public final class Detector {
  private static final long DAY_MICROS = Duration.ofDays(1).toNanos() / 1000;
  /// An open alert with new connections is reported on at least this often.
  private static final long UPDATE_MICROS = Duration.ofHours(1).toNanos() / 1000;
  /// Evidence, in days, that the signal has moved back.
  private static final double RETURN_DAYS = 1;
  /// Below this share of the limit, what is pending is not suspicious and may be committed.
  private static final double CALM = 0.1;
  private static final long PRELIMINARY_SAMPLES = 50;
  /// Of the standard normal distribution.
  private static final double QUANTILE_975 = 1.959964;

  private final DetectorSettings settings;
  private final long blockMicros;

  public Detector(DetectorSettings settings) {
    this.settings = settings;
    this.blockMicros = settings.block().toNanos() / 1000;
  }

  /// The evidence, in days, at which a key with these settings raises an alert.
  public double limitDays(SignalSettings signal) {
    return settings.limitDays(signal);
  }

  /// Scores a sample, then learns it. First closes the block before it, if the sample begins another.
  ///
  /// @return the steps that closing the block led to: none or one
  public List<AlertStep> observe(KeyState state, SignalSettings signal, Sample sample) {
    long micros = sample.micros();
    List<AlertStep> steps = due(state, micros) ? closeBlock(state, signal) : List.of();
    if (state.block.total() == 0) {
      // Never a block again that was closed: a straggler votes with the next one.
      state.blockStart = Math.max(micros - micros % blockMicros, state.lastBlockEnd);
    }
    state.lastId = sample.id();

    int bin = Histogram.binOf(sample.nanos());
    double u = TieBreak.of(sample.id());
    int shrunk = Histogram.binOf(Math.max(0, shrink(sample.nanos(), signal)));
    int grown = Histogram.binOf(grow(sample.nanos(), signal));
    var incident = state.incident;
    if (incident == null) {
      long n = state.baselineCount();
      state.rise.score(upper(state.committed, state.pending, shrunk, u), n, micros, bin);
      state.fall.score(lower(state.committed, state.pending, grown, u), n, micros, bin);
    } else {
      var none = new Histogram();
      var reference = shiftedBefore(incident.reverse.excursion, state.block, incident);
      double p = incident.direction == Direction.UP
        ? lower(reference, none, grown, u)
        : upper(reference, none, shrunk, u);
      incident.reverse.score(p, reference.total(), micros, bin);
    }
    state.block.add(bin, 1);
    return steps;
  }

  /// Closes the open block if it ended at or before `now`, event time. Needs calling where no further sample may come.
  ///
  /// @return the steps that this led to: none or one
  public List<AlertStep> advance(KeyState state, SignalSettings signal, Instant now) {
    var end = instant(state.blockStart + blockMicros);
    return state.block.total() > 0 && !now.isBefore(end) ? closeBlock(state, signal) : List.of();
  }

  /// The shifted samples without those that may have returned already: of a short shift these would soon be the
  /// majority, and no return could be told from it. Samples of the open block are not among the shifted yet, but may
  /// be on the excursion.
  private static Histogram shiftedBefore(Excursion returning, Histogram block, Incident incident) {
    var reference = incident.shifted.copy();
    if (returning.samples.total() > block.total()) {
      var merged = returning.samples.copy();
      merged.subtract(block);
      reference.subtract(merged);
    }
    return reference;
  }

  private boolean due(KeyState state, long micros) {
    return state.block.total() > 0 && micros >= state.blockStart + blockMicros;
  }

  private List<AlertStep> closeBlock(KeyState state, SignalSettings signal) {
    long end = state.blockStart + blockMicros;
    // No more than a day: a key that has been idle for months has not earned months of evidence by its next sample.
    // Fewer days only lower R, so the guarantee holds.
    long elapsed = state.lastBlockEnd == 0
      ? blockMicros
      : Math.clamp(end - state.lastBlockEnd, 0, DAY_MICROS);
    double days = (double) elapsed / DAY_MICROS;
    state.lastBlockEnd = Math.max(end, state.lastBlockEnd);
    long samples = state.block.total();
    var incident = state.incident;
    List<AlertStep> steps;
    if (incident == null) {
      state.rise.closeBlock(days, samples);
      state.fall.closeBlock(days, samples);
      learn(state);
      steps = judge(state, signal, end);
    } else {
      incident.reverse.closeBlock(days, samples);
      // None of its reference is suspected: see shiftedBefore.
      incident.reverse.held = 0;
      incident.shifted.add(state.block);
      incident.votes++;
      state.block.clear();
      steps = follow(state, incident, signal, end);
    }
    state.lastId = "";
    return steps;
  }

  private void learn(KeyState state) {
    if (state.pending.total() == 0) {
      state.pendingSince = state.blockStart;
    }
    state.pending.add(state.block);
    state.block.clear();
  }

  private List<AlertStep> judge(KeyState state, SignalSettings signal, long now) {
    double limit = settings.limitDays(signal);
    double evidence = state.evidenceDays();
    if (evidence < limit) {
      if (evidence < CALM * limit) {
        commitIfDue(state, now);
      }
      return List.of();
    }
    boolean up = state.rise.evidence[state.rise.winner()] >= state.fall.evidence[state.fall.winner()];
    var ledger = up ? state.rise : state.fall;
    var excursion = ledger.excursion;
    // Without samples on both sides there is nothing to say about a shift. R stays, and the next block decides.
    if (excursion.samples.total() == 0 || excursion.samples.total() == state.baselineCount()) {
      return List.of();
    }
    int lead = ledger.leadIn(state.baselineCount());
    var first = excursion.head[lead];
    var incident = new Incident(state.lastId, up ? Direction.UP : Direction.DOWN, now, first.micros(),
      evidence);
    incident.shifted.add(excursion.samples);
    for (int i = 0; i < lead; i++) {
      incident.shifted.subtract(excursion.head[i].bin(), 1);
    }
    incident.votes = (long) excursion.votes - first.votesBefore();
    state.pending.subtract(incident.shifted);
    state.rise.clear();
    state.fall.clear();
    state.incident = incident;
    return List.of(new AlertStep.Opened(facts(state, incident, signal, now)));
  }

  private void commitIfDue(KeyState state, long now) {
    double quarantines = (now - state.pendingSince) * 1000.0 / settings.quarantine().toNanos();
    // An excursion's samples must stay apart until it is known what they are.
    boolean atRest = state.rise.excursion.samples.total() == 0 && state.fall.excursion.samples.total() == 0;
    if (atRest && quarantines >= 1 && state.pending.total() * quarantines >= settings.quarantineSamples()) {
      state.committed.add(state.pending);
      state.pending.clear();
      state.committed.scaleDownTo(settings.baselineSamples());
    }
  }

  private List<AlertStep> follow(KeyState state, Incident incident, SignalSettings signal, long now) {
    if (incident.reverse.sum() / incident.reverse.bets.size() >= RETURN_DAYS) {
      var recent = incident.reverse.excursion.samples;
      if (recent.total() > 0 && recent.total() < incident.shifted.total()
        && isBack(state, incident, signal, recent)) {
        incident.shifted.subtract(recent);
        incident.votes -= incident.reverse.excursion.votes;
        var facts = facts(state, incident, signal, now);
        if (state.pending.total() == 0) {
          state.pendingSince = now;
        }
        state.pending.add(recent);
        state.incident = null;
        return List.of(new AlertStep.Resolved(facts));
      }
      // Moved, but to a third level: that is part of the incident, and a return is judged against it too.
      incident.reverse.clear();
    }
    long connections = incident.shifted.total();
    boolean doubled = connections >= 2 * incident.connectionsAtLastStep;
    boolean hourGone = now - incident.lastStepAt >= UPDATE_MICROS;
    return doubled || hourGone
      ? List.of(new AlertStep.Updated(facts(state, incident, signal, now)))
      : List.of();
  }

  private boolean isBack(KeyState state, Incident incident, SignalSettings signal, Histogram recent) {
    double before = before(state).median();
    return switch (incident.direction) {
      case UP -> recent.median() <= grow(before, signal);
      case DOWN -> recent.median() >= shrink(before, signal);
    };
  }

  /// Describes the incident as of `now` and counts the step.
  private AlertFacts facts(KeyState state, Incident incident, SignalSettings signal, long now) {
    int revision = incident.lastStepAt == 0 ? 0 : incident.revision + 1;
    incident.revision = revision;
    incident.lastStepAt = now;
    incident.connectionsAtLastStep = incident.shifted.total();
    var before = before(state);
    var after = incident.shifted;
    double shift = after.median() - before.median();
    return new AlertFacts(incident.openedBy, revision, incident.direction, instant(now),
      instant(incident.openedAt),
      instant(incident.onset), before.summary(), after.summary(), shift,
      shift - StrictMath.hypot(after.median() - lowMedian(after), highMedian(before) - before.median()),
      shift + StrictMath.hypot(highMedian(after) - after.median(), before.median() - lowMedian(before)),
      after.total() < PRELIMINARY_SAMPLES, after.total(), incident.votes, incident.evidenceDays,
      settings.limitDays(signal));
  }

  private static Histogram before(KeyState state) {
    var before = state.committed.copy();
    before.add(state.pending);
    return before;
  }

  /// Ends of the 95 % interval of a median: the order statistics at n/2 ± 1.96·√n/2 (binomial ranks in the normal
  /// approximation), rounded outwards to whole ranks and to the edges of their bins. Below 6 samples, the extremes.
  private static double lowMedian(Histogram samples) {
    double n = samples.total();
    return samples.floorAtRank(Math.max(0, (n - QUANTILE_975 * Math.sqrt(n) - 1) / 2));
  }

  private static double highMedian(Histogram samples) {
    double n = samples.total();
    return samples.ceilingAtRank(Math.min(n, (n + QUANTILE_975 * Math.sqrt(n) + 1) / 2));
  }

  private double shrink(double nanos, SignalSettings signal) {
    return (nanos - signal.deadZoneNanos()) / (1 + settings.deadZone());
  }

  private double grow(double nanos, SignalSettings signal) {
    return nanos * (1 + settings.deadZone()) + signal.deadZoneNanos();
  }

  /// Share of the reference above the bin, ties broken by u: uniform in (0, 1) if the sample is one of theirs
  /// (Vovk et al., arXiv 2102.10439, smoothed conformal p-value).
  private static double upper(Histogram one, Histogram other, int bin, double u) {
    double ties = (double) one.at(bin) + other.at(bin) + 1;
    return (one.above(bin) + other.above(bin) + u * ties) / (one.total() + other.total() + 1.0);
  }

  private static double lower(Histogram one, Histogram other, int bin, double u) {
    double ties = (double) one.at(bin) + other.at(bin) + 1;
    double n = (double) one.total() + other.total();
    return (n + 1 - ties - one.above(bin) - other.above(bin) + (1 - u) * ties) / (n + 1);
  }

  private static Instant instant(long micros) {
    return Instant.ofEpochSecond(micros / 1_000_000, micros % 1_000_000 * 1000);
  }
}
