package io.halfsecond.streams.detector;

import io.halfsecond.streams.histogram.Bins;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// What one measurement costs the detector on a mature key, and what storing the key's state adds.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DetectorBenchmark {
  private static final int LEARNT = 30_000;
  private static final Instant START = Instant.parse("2024-03-01T00:00:00Z");

  /// A block of a minute has one sample, or six.
  @Param({"60", "10"})
  private int secondsApart;

  /// Whether both tiers judge, or pages only.
  @Param({"true", "false"})
  private boolean deseasonalised;

  private final Detector detector =
      new Detector(DetectorSettings.defaults().withBlock(Duration.ofMinutes(1)));
  private final SignalSettings signal =
      new SignalSettings(Bins.WIDE, new DeadZone(0.10, 10e6), new DeadZone(0.04, 1e6), 0.2);
  private final Random random = new Random(20240329);
  private final KeyState state = KeyState.fresh();
  private final String[] ids = new String[1024];
  private Context context = Context.alone(signal);
  private long second;
  private byte[] stored = {};

  @Setup
  public void learn() {
    context = new Context(signal, Optional.empty(), deseasonalised, 1);
    for (int i = 0; i < ids.length; i++) {
      ids[i] = Integer.toHexString(i * 0x9E3779B9).repeat(4);
    }
    for (int i = 0; i < LEARNT; i++) {
      observe();
    }
    stored = state.toBytes();
  }

  @Benchmark
  public Object observe() {
    second += secondsApart;
    double nanos = 8e6 * Math.exp(0.15 * random.nextGaussian());
    return detector.observe(
        state,
        context,
        new Sample(ids[(int) (second & 1023)], START.plusSeconds(second), nanos, 1, 0.05));
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
