package io.halfsecond.deploy.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.collector.assembly.AssemblerSettings;
import io.halfsecond.collector.assembly.AssemblerSettings.Inputs;
import io.halfsecond.collector.assembly.ConnectionAssembler;
import io.halfsecond.collector.assembly.Result;
import io.halfsecond.collector.event.SshEvent;
import io.halfsecond.collector.probe.SshProbe;
import io.halfsecond.collector.source.SourceUnavailableException;
import io.halfsecond.collector.source.kernel.KernelSettings;
import io.halfsecond.collector.source.kernel.KernelSource;
import io.halfsecond.collector.source.probe.Prober;
import io.halfsecond.schemas.ProbeOutcome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// Rounds of probes of a private sshd as fast as they go, joined to what the kernel shows of them:
/// a collector without its schedule.
final class KernelsView implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final PrivateSshd sshd;
  private final BlockingQueue<SshEvent> events = new LinkedBlockingQueue<>();
  private final KernelSource kernel;
  private final Prober prober = new Prober(new SshProbe(LIMIT), events::add);
  private final ConnectionAssembler assembler;

  KernelsView(PrivateSshd sshd) throws IOException, SourceUnavailableException {
    this.sshd = sshd;
    this.kernel =
        new KernelSource(
            KernelSettings.defaults().withCommandLine(sshd.config().toString()), System::nanoTime);
    int privsep =
        Files.readAllLines(Path.of("/etc/passwd")).stream()
            .filter(line -> line.startsWith("sshd:"))
            .map(line -> Integer.valueOf(line.split(":", -1)[2]))
            .findFirst()
            .orElseThrow();
    this.assembler =
        new ConnectionAssembler(
            AssemblerSettings.defaults(Inputs.KERNEL_ONLY, Set.of(privsep)), (_, _) -> {});
    kernel.start(events::add);
  }

  /// Makes one round.
  ///
  /// @param nanos what it is dated
  Result.Probed round(long nanos) throws InterruptedException {
    var seen = prober.round(new InetSocketAddress(InetAddress.getLoopbackAddress(), sshd.port()));
    assertThat(seen.outcome()).as(seen.detail()).isEqualTo(ProbeOutcome.REFUSED);
    while (true) {
      var event = events.poll(50, TimeUnit.MILLISECONDS);
      var results =
          event == null ? assembler.advanceTo(System.nanoTime()) : assembler.accept(event);
      Optional<Result.Probed> probed =
          results.stream()
              .filter(Result.Probed.class::isInstance)
              .map(Result.Probed.class::cast)
              .findFirst();
      if (probed.isPresent()) {
        var kernel = probed.get();
        return new Result.Probed(
            nanos, nanos, seen, kernel.startup(), kernel.greeter(), kernel.greetedNanos());
      }
    }
  }

  @Override
  public void close() {
    kernel.close();
  }
}
