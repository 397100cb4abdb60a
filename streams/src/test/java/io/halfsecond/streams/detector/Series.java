package io.halfsecond.streams.detector;

import io.halfsecond.streams.histogram.Bins;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// Feeds simulated measurements of one key to a detector, and collects the steps.
final class Series {
  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  final Detector detector;
  Context context;
  final RandomGenerator random;
  final List<AlertStep> steps = new ArrayList<>();
  final String name;
  KeyState state = KeyState.fresh();
  Instant now = START;
  int samples;

  Series(DetectorSettings settings, Context context, long seed) {
    this.detector = new Detector(settings);
    this.context = context;
    this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    this.name = seed + "-";
  }

  /// A key with a fifth of its host's budget, and blocks of five seconds.
  static Series likeTheDemo(long seed) {
    return new Series(
        DetectorSettings.defaults().withBlock(Duration.ofSeconds(5)),
        alone(new DeadZone(0.10, 10e6), 0.2),
        seed);
  }

  static Context alone(DeadZone step, double share) {
    return Context.alone(new SignalSettings(Bins.WIDE, step, new DeadZone(0.04, 0), share));
  }

  Series observe(double nanos) {
    return observe(nanos, Sample.NO_SOURCE, Sample.NOT_KNOWN);
  }

  Series observe(double nanos, int source, double waiting) {
    steps.addAll(
        detector.observe(
            state, context, new Sample(name + samples++, now, nanos, source, waiting)));
    return this;
  }

  Series advance() {
    steps.addAll(detector.advance(state, context, now));
    return this;
  }

  Series pause(Duration duration) {
    now = now.plus(duration);
    return this;
  }

  /// A startup phase: 8 ms, spread 15 %, one in a hundred ten times as long.
  double startup() {
    return 8e6 * Math.exp(0.15 * random.nextGaussian()) * (random.nextDouble() < 0.01 ? 10 : 1);
  }

  /// A preauth phase: two kinds of clients and 3 % that take a Pareto-distributed time.
  double preauth() {
    double kind = random.nextDouble();
    if (kind < 0.03) {
      return 600e6 * Math.pow(1 - random.nextDouble(), -1 / 1.3);
    }
    return kind < 0.85
        ? 290e6 * Math.exp(0.12 * random.nextGaussian())
        : 420e6 * Math.exp(0.20 * random.nextGaussian());
  }

  /// Adds startup phases, about four a second.
  Series learn(int count) {
    for (int i = 0; i < count; i++) {
      observe(startup()).pause(Duration.ofMillis(200 + random.nextInt(100)));
    }
    return this;
  }

  /// Adds startup phases that take half a second longer, two in a block of five seconds.
  Series shifted(int count) {
    for (int i = 0; i < count; i++) {
      observe(startup() + 500e6).pause(Duration.ofMillis(2_400));
    }
    return this;
  }

  /// Forgets the steps so far.
  Series clear() {
    steps.clear();
    return this;
  }

  <T extends AlertStep> List<T> of(Class<T> kind) {
    return steps.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  /// Writes and reads the state.
  Series store() {
    state = KeyState.fromBytes(state.toBytes());
    return this;
  }
}
