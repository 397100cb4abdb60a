package io.halfsecond.streams.simulation;

import io.halfsecond.streams.detector.AlertStep;
import io.halfsecond.streams.detector.Context;
import io.halfsecond.streams.detector.Detector;
import io.halfsecond.streams.detector.DetectorSettings;
import io.halfsecond.streams.detector.KeyState;
import io.halfsecond.streams.detector.Sample;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// One key watched by the detector, from its first sample.
///
/// Blocks are closed when their time is over. In production, heartbeats do that.
public final class WatchedKey {
  /// A Monday, 00:00.
  public static final Instant START = Instant.parse("2026-01-05T00:00:00Z");

  private static final double NANOS = 1e6;

  private final DetectorSettings settings;
  private final Detector detector;
  private final Context context;
  private final String name;
  private KeyState state = KeyState.fresh();
  private long samples;

  /// @param name prefix of the ids of its samples
  public WatchedKey(DetectorSettings settings, Context context, String name) {
    this.settings = settings;
    this.detector = new Detector(settings);
    this.context = context;
    this.name = name;
  }

  /// A key with the same state.
  public WatchedKey copy() {
    var copy = new WatchedKey(settings, context, name);
    copy.state = KeyState.fromBytes(state.toBytes());
    copy.samples = samples;
    return copy;
  }

  /// Learns the next `count` samples of a series, in blocks of a day. The baseline is the same as
  /// with short blocks, but bets are made and settled only a few times. Learning takes whole days.
  public WatchedKey learn(Source source, int count) {
    var slow = new Detector(settings.withBlock(Duration.ofDays(1)));
    for (int i = 0; i < count; i++) {
      source.next();
      slow.observe(state, context, sample(source.second(), source.value()));
    }
    slow.advance(
        state,
        context,
        at((StrictMath.floor(source.second() / Wave.DAY_SECONDS) + 1) * Wave.DAY_SECONDS));
    return this;
  }

  /// Adds the current sample of the source, and closes the block if the next one is not part of it.
  public List<AlertStep> observe(Source source) {
    return observe(source.second(), source.value(), source.following());
  }

  /// Adds a sample, and closes the block if the next one, at `following`, is not part of it.
  public List<AlertStep> observe(double second, double millis, double following) {
    var steps = detector.observe(state, context, sample(second, millis));
    var later = detector.advance(state, context, at(following));
    if (steps.isEmpty() || later.isEmpty()) {
      return steps.isEmpty() ? later : steps;
    }
    var all = new ArrayList<>(steps);
    all.addAll(later);
    return all;
  }

  /// The current sample of the source, as the detector gets it.
  public Sample sample(Source source) {
    return sample(source.second(), source.value());
  }

  private Sample sample(double second, double millis) {
    return new Sample(
        name + samples++, at(second), millis * NANOS, Sample.NO_SOURCE, Sample.NOT_KNOWN);
  }

  public static Instant at(double second) {
    return START.plusNanos((long) (second * 1e9));
  }

  public static double second(Instant at) {
    return Duration.between(START, at).toNanos() / 1e9;
  }

  /// Accepts the open alert.
  public void accept(double second) {
    detector.accept(state, context, at(second));
  }

  /// The evidence of the stronger tier.
  public double evidenceDays() {
    double limit = limitDays();
    return state.evidenceRatio(limit) * limit;
  }

  public double limitDays() {
    return detector.limitDays(context);
  }

  public boolean alertOpen() {
    return state.alertOpen();
  }

  public byte[] bytes() {
    return state.toBytes();
  }

  /// Writes and reads the state.
  public void store() {
    state = KeyState.fromBytes(state.toBytes());
  }
}
