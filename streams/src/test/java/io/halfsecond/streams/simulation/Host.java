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

/// One key of a host that Halfsecond watches, from its first sample on.
///
/// Blocks are closed when their time is over, as a host's heartbeats see to it in production.
public final class Host {
  /// A Monday, 00:00.
  public static final Instant START = Instant.parse("2026-01-05T00:00:00Z");

  private static final double NANOS = 1e6;

  private final DetectorSettings settings;
  private final Detector detector;
  private final Context context;
  private final String name;
  private KeyState state = KeyState.fresh();
  private long samples;

  /// @param name makes the ids of its samples
  public Host(DetectorSettings settings, Context context, String name) {
    this.settings = settings;
    this.detector = new Detector(settings);
    this.context = context;
    this.name = name;
  }

  /// Another host that has seen the same.
  public Host copy() {
    var copy = new Host(settings, context, name);
    copy.state = KeyState.fromBytes(state.toBytes());
    copy.samples = samples;
    return copy;
  }

  /// Learns from the next `count` samples of a series, in blocks of a day: the baseline is as it
  /// would be otherwise, but bets are made and settled a few times only. The time of learning is
  /// whole days.
  public Host learn(Source source, int count) {
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

  /// Takes the source's present sample, and closes the block if the next one does not belong to it.
  public List<AlertStep> observe(Source source) {
    return observe(source.second(), source.value(), source.following());
  }

  /// Takes a sample, and closes the block if the next one, whose time is `following`, does not
  /// belong to it.
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

  /// The source's present sample, as the detector gets it.
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

  /// Makes what an open alert shows the new baseline.
  public void accept(double second) {
    detector.accept(state, context, at(second));
  }

  /// Of both tiers the larger.
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

  /// Its state goes through a store and back.
  public void store() {
    state = KeyState.fromBytes(state.toBytes());
  }
}
