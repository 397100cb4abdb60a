package io.halfsecond.streams.detector;

import java.time.Instant;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// What one measurement costs the detector on a mature key, and what storing the key's state adds.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DetectorBenchmark {
  private static final int LEARNT = 20_000;
  private static final Instant START = Instant.parse("2024-03-01T00:00:00Z");

  private final Detector detector = new Detector(DetectorSettings.defaults());
  private final SignalSettings signal = new SignalSettings(10_000_000, 0.2);
  private final Random random = new Random(20240329);
  private final KeyState state = KeyState.fresh();
  private final String[] ids = new String[1024];
  private long second;
  private byte[] stored = {};

  @Setup
  public void learn() {
    for (int i = 0; i < ids.length; i++) {
      ids[i] = Integer.toHexString(i * 0x9E3779B9).repeat(4);
    }
    for (int i = 0; i < LEARNT; i++) {
      observe();
    }
    stored = state.toBytes();
  }

  /// Six samples a block of a minute.
  @Benchmark
  public Object observe() {
    second += 10;
    double nanos = 8e6 * Math.exp(0.15 * random.nextGaussian());
    return detector.observe(state, signal,
      new Sample(ids[(int) (second & 1023)], START.plusSeconds(second), nanos));
  }

  @Benchmark
  public byte[] write() {
    return state.toBytes();
  }

  @Benchmark
  public KeyState read() {
    return KeyState.fromBytes(stored);
  }
}
