package io.halfsecond.streams.telemetry;

import io.halfsecond.schemas.auth.AuthenticationKey;
import io.halfsecond.schemas.auth.Authenticator;
import io.halfsecond.schemas.auth.FleetSecrets;
import io.halfsecond.schemas.auth.KeySealer;
import io.halfsecond.schemas.auth.Reloaded;
import io.halfsecond.schemas.auth.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// What the code of a record costs: to make, to check, and to check with a key that is derived
/// first, as for names that somebody invents.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class AuthenticatorBenchmark {
  private static final String TOPIC = "ssh.auth-timing";
  private static final String HOST = "web-17";

  /// A connection has about 250 bytes, a heartbeat up to 1,500.
  @Param({"250", "1500"})
  private int bytes;

  private byte[] value = {};
  private byte[] code = {};
  private KeySealer sealer;
  private Authenticator authenticator;

  @Setup
  public void prepare() throws IOException {
    var directory = Files.createTempDirectory("bench");
    Path file = directory.resolve("secrets");
    FleetSecrets.addTo(file, LocalDate.EPOCH, new SecureRandom());
    AuthenticationKey key = FleetSecrets.read(file).issue(Role.HOST, HOST);
    authenticator =
        new Authenticator(
            new Reloaded<>(file, FleetSecrets::read, InstantSource.system(), _ -> {}));
    sealer = new KeySealer(() -> key);
    value = new byte[bytes];
    code = sealer.seal(TOPIC, HOST, value);
  }

  @Benchmark
  public byte[] seal() {
    return sealer.seal(TOPIC, HOST, value);
  }

  @Benchmark
  public Authenticator.Answer check() {
    return authenticator.host(HOST, code, TOPIC, HOST, value);
  }

  @Benchmark
  public Authenticator.Answer checkOfAnInventedHost() {
    return authenticator.host("invented", code, TOPIC, "invented", value);
  }
}
