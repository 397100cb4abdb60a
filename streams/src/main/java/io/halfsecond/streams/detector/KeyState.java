package io.halfsecond.streams.detector;

import io.halfsecond.streams.histogram.Bins;
import io.halfsecond.streams.histogram.Distribution;
import io.halfsecond.streams.histogram.Histogram;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// All that the detector remembers about one key. Changed by [Detector] in place.
///
/// **Guarantees** that a state read back from its bytes continues exactly like the one that was
/// written.
///
/// Not safe for use by several threads.
public final class KeyState {
  /// B: samples that came through quarantine.
  final Histogram committed = new Histogram();

  /// P: samples in quarantine. With B it is the reference of the forward bets.
  final Histogram pending = new Histogram();

  /// Event time, microseconds since the epoch; 0 for never.
  long pendingSince;

  final Block block = new Block();

  /// Event time, microseconds since the epoch; 0 for never.
  long lastBlockEnd;

  /// Of the last sample that was scored; as above.
  long lastMicros;

  /// How many samples come in a minute, as a running mean over about an hour.
  float perMinute;

  /// Share of waiting of the samples in the baseline.
  final Mean waiting = new Mean();

  final TierState step = TierState.ofStep();
  final TierState creep = TierState.ofCreep();
  @Nullable Anchor anchor;
  @Nullable Incident incident;
  @Nullable Former former;

  /// What follows from B and P, kept until they change: not part of the state.
  private double median = Double.NaN;

  /// What follows from B alone, likewise.
  @Nullable Wagers stepWagers;

  @Nullable Wagers creepWagers;

  KeyState() {}

  /// The state of a key of which nothing has been seen.
  public static KeyState fresh() {
    return new KeyState();
  }

  /// Reads what [#toBytes] wrote, of this or an earlier version.
  ///
  /// @throws IllegalArgumentException saying what is wrong, if it is not that
  public static KeyState fromBytes(byte[] bytes) {
    return KeyStateCodec.read(bytes);
  }

  /// The first byte is the version of the format.
  public byte[] toBytes() {
    return KeyStateCodec.write(this);
  }

  /// When the open alert opened, which names it.
  public Optional<Instant> alertOpenedAt() {
    return Optional.ofNullable(incident).map(open -> Micros.instant(open.openedAt));
  }

  /// When the alert opened that was accepted last and can be rolled back.
  public Optional<Instant> acceptedAlertOpenedAt() {
    return Optional.ofNullable(former).map(last -> Micros.instant(last.openedAt()));
  }

  /// True from [AlertStep.Opened] to the end of the alert.
  public boolean alertOpen() {
    return incident != null;
  }

  /// Evidence by limit: an alert opens at 1. While one is open, what it was when it opened; of
  /// either tier the larger.
  public double evidenceRatio(double limitDays) {
    var open = incident;
    return open != null && open.limitDays > 0
        ? open.evidenceDays / open.limitDays
        : Math.max(step.evidence(), creep.evidence()) / limitDays;
  }

  /// Samples that new ones are compared with, committed or pending. Those since the onset of an
  /// open alert are not among them.
  public long baselineCount() {
    return committed.total() + pending.total();
  }

  /// The median of those samples, in the unit of the signal; 0 if there are none.
  public double baselineMedian(Bins bins) {
    if (Double.isNaN(median)) {
      median = baselineCount() == 0 ? 0 : new Distribution(baseline(), bins).median();
    }
    return median;
  }

  /// Samples that are suspected to be shifted by either tier: these have to stay apart until it is
  /// known what they are.
  Histogram suspected() {
    var byStep = step.suspected();
    var byCreep = creep.suspected();
    return byStep.total() >= byCreep.total() ? byStep : byCreep;
  }

  Histogram baseline() {
    return committed.plus(pending);
  }

  /// B or P have changed.
  void forgetMedian() {
    median = Double.NaN;
  }

  /// Makes `baseline` the committed one, scaled down to `most` samples, with only `held` pending.
  void commit(Histogram baseline, Histogram held, int most) {
    committed.replaceBy(baseline);
    committed.scaleDownTo(most);
    pending.replaceBy(held);
    // Bets made from what was committed before no longer hold.
    stepWagers = null;
    creepWagers = null;
    forgetMedian();
  }
}
