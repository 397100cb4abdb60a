package io.halfsecond.collector.source.log;

import io.halfsecond.collector.event.SshdMessage;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// What one log line costs to understand, the hostile one included.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SshdLogParserBenchmark {
  @Param({
    "Accepted publickey for deploy from 127.0.0.1 port 40022 ssh2: ED25519 SHA256:abc",
    "Failed password for invalid user root from 1.2.3.4 port 22 ssh2 from 127.0.0.1 port 40022"
        + " ssh2",
    "Connection closed by authenticating user deploy 127.0.0.1 port 40022 [preauth]",
    "pam_unix(sshd:session): session opened for user deploy(uid=1000) by (uid=0)"
  })
  private String line = "";

  @Benchmark
  public SshdMessage parse() {
    return SshdLogParser.parse(line);
  }
}
