package io.halfsecond.collector.source.kernel;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// What one netlink message of sshd's costs to decode, on messages recorded from a kernel.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DecoderBenchmark {
  private final ByteBuffer fork = Goldens.golden("proc-fork");
  private final ByteBuffer exit = Goldens.golden("proc-exit");

  @Benchmark
  public ProcMessage fork() {
    return ProcConnectorDecoder.decode(fork, 0);
  }

  @Benchmark
  public ProcMessage exit() {
    return ProcConnectorDecoder.decode(exit, 0);
  }
}
