package io.halfsecond.streams.detector;

import io.halfsecond.streams.detector.state.Anchor;
import io.halfsecond.streams.detector.state.Micros;
import io.halfsecond.streams.detector.state.RunningMean;
import io.halfsecond.streams.histogram.Bins;
import io.halfsecond.streams.histogram.Distribution;
import io.halfsecond.streams.histogram.Histogram;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Everything that the detector remembers about one key. [Detector] changes it in place.
///
/// **Guarantees** that a state read from its bytes continues exactly like the one that was written.
///
/// Not safe for use by several threads.
public final class KeyState {
  /// Samples that have passed quarantine.
  final Histogram committed = new Histogram();

  /// Samples in quarantine. Together with the committed ones they are the baseline.
  final Histogram pending = new Histogram();

  /// Start of the quarantine. This and the next times are event times in microseconds since the
  /// epoch; 0 if there is none.
  long pendingSince;

  final Block block = new Block();

  long lastBlockEnd;

  /// Time of the last scored sample.
  long lastMicros;

  /// Samples per minute, a running mean over about an hour.
  float perMinute;

  /// Share of the time that samples of the baseline waited for a CPU.
  final RunningMean waiting = new RunningMean();

  final TierState step = TierState.ofStep();
  final TierState creep = TierState.ofCreep();
  @Nullable Anchor anchor;
  @Nullable OpenShift openShift;
  @Nullable ReplacedBaseline replaced;

  /// Only until the shift has ended or was accepted again.
  @Nullable StandingShift standing;

  /// The median of the baseline; NaN if not computed since the last change. Not part of the state.
  private double median = Double.NaN;

  KeyState() {}

  /// The state of a key without samples.
  public static KeyState fresh() {
    return new KeyState();
  }

  /// Reads what [#toBytes] wrote.
  ///
  /// @throws IllegalArgumentException if it cannot be read; the message says why
  public static KeyState fromBytes(byte[] bytes) {
    return KeyStateCodec.read(bytes);
  }

  /// The first byte is the version of the format.
  public byte[] toBytes() {
    return KeyStateCodec.write(this);
  }

  /// When the open alert opened. With the key, this identifies the alert.
  public Optional<Instant> alertOpenedAt() {
    return Optional.ofNullable(openShift).map(open -> Micros.instant(open.openedAt));
  }

  /// When the alert opened whose acceptance can be rolled back: the last accepted one.
  public Optional<Instant> acceptedAlertOpenedAt() {
    return Optional.ofNullable(replaced).map(last -> Micros.instant(last.openedAt()));
  }

  /// True from [AlertStep.Opened] until the alert ends.
  public boolean alertOpen() {
    return openShift != null;
  }

  /// The evidence of the stronger tier divided by the limit: an alert opens at 1. While one is
  /// open, the value when it opened.
  public double evidenceRatio(double limitDays) {
    var open = openShift;
    return open != null && open.limitDays > 0
        ? open.evidenceDays / open.limitDays
        : Math.max(step.evidence(), creep.evidence()) / limitDays;
  }

  /// The number of samples in the baseline, committed or pending. Samples since the onset of an
  /// open alert are not in it.
  public long baselineCount() {
    return committed.total() + pending.total();
  }

  /// The median of the baseline, in the unit of the signal; 0 if it is empty.
  public double baselineMedian(Bins bins) {
    if (Double.isNaN(median)) {
      median = baselineCount() == 0 ? 0 : new Distribution(baseline(), bins).median();
    }
    return median;
  }

  /// The samples suspected to be shifted, by the tier that suspects more. They must not be
  /// committed before it is clear whether they are.
  Histogram suspected() {
    var byStep = step.suspected();
    var byCreep = creep.suspected();
    return byStep.total() >= byCreep.total() ? byStep : byCreep;
  }

  /// All samples of the baseline, committed or pending; a copy.
  public Histogram baseline() {
    return committed.plus(pending);
  }

  /// Samples that have passed quarantine, or all of the baseline if fewer than `fewest` have: a key
  /// of a few logins a day commits nothing for weeks. A copy.
  public Histogram past(long fewest) {
    return committed.total() < fewest ? baseline() : committed.copy();
  }

  /// Must be called when the baseline has changed.
  void forgetMedian() {
    median = Double.NaN;
  }

  /// Whether it keeps bets that are reused.
  public boolean hasBets() {
    return step.bets != null || creep.bets != null;
  }

  /// Frees their memory. They are made again when needed.
  public void forgetBets() {
    step.bets = null;
    creep.bets = null;
  }

  /// Commits `baseline`, scaled down to `most` samples. Only `held` is pending then.
  void commit(Histogram baseline, Histogram held, int most) {
    committed.replaceBy(baseline);
    committed.scaleDownTo(most);
    pending.replaceBy(held);
    // They were made from the previous committed baseline.
    forgetBets();
    forgetMedian();
  }
}
