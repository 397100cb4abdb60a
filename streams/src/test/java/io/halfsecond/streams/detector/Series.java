package io.halfsecond.streams.detector;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// Feeds one key with made-up measurements and keeps what comes of it.
final class Series {
  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  final Detector detector;
  final SignalSettings signal;
  final RandomGenerator random;
  final List<AlertStep> steps = new ArrayList<>();
  final String name;
  KeyState state = KeyState.fresh();
  Instant now = START;
  int samples;

  Series(DetectorSettings settings, SignalSettings signal, long seed) {
    this.detector = new Detector(settings);
    this.signal = signal;
    this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    this.name = seed + "-";
  }

  static Series likeTheDemo(long seed) {
    return new Series(demoSettings(), new SignalSettings(10e6, 0.2), seed);
  }

  static DetectorSettings demoSettings() {
    return new DetectorSettings(1, Duration.ofSeconds(5), 0.10, Duration.ofDays(7), 5_000, 20_000);
  }

  Series observe(double nanos) {
    steps.addAll(detector.observe(state, signal, new Sample(name + samples++, now, nanos)));
    return this;
  }

  Series advance() {
    steps.addAll(detector.advance(state, signal, now));
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

  /// Learns startup phases, about four a second.
  Series learn(int count) {
    for (int i = 0; i < count; i++) {
      observe(startup()).pause(Duration.ofMillis(200 + random.nextInt(100)));
    }
    return this;
  }
}
