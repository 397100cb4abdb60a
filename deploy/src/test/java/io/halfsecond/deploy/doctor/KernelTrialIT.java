package io.halfsecond.deploy.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.collector.source.kernel.KernelSettings;
import io.halfsecond.collector.source.kernel.KernelSource;
import io.halfsecond.deploy.ops.Tool;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// `halfsecond doctor` of the distribution in namespaces of its own.
class KernelTrialIT {
  private static final Path LAUNCHER = Path.of("target/halfsecond/bin/halfsecond").toAbsolutePath();
  private static final String HEARD =
      "ok    kernel source: the proc connector and taskstats told of the exit of a child process of"
          + " doctor's within ";
  private static final String UNHEARD =
      "FAIL  kernel source: the proc connector does not tell of a child process of doctor's: ";

  @BeforeEach
  void needRoot() {
    if (!"root".equals(System.getProperty("user.name"))) {
      throw Tool.missing("only root may ask for process events and make namespaces");
    }
  }

  @Test
  void should_hear_of_its_own_child_on_the_host() {
    assertThat(kernelSource("env")).startsWith(HEARD);
  }

  @Test
  void should_hear_nothing_in_another_network_namespace() {
    assertThat(kernelSource("unshare", "--net"))
        .startsWith(UNHEARD)
        .contains("only in the host's network namespace");
  }

  /// There the kernel gives out events all the same, as long as somebody on the host has asked for
  /// them: a collector that runs hides what another lacks.
  @Test
  void should_hear_nothing_in_another_pid_namespace_though_another_process_listens()
      throws Exception {
    try (var other = new KernelSource(KernelSettings.defaults(), System::nanoTime)) {
      other.start(_ -> true);

      // With its own /proc, and with that of the host.
      assertThat(kernelSource("unshare", "--pid", "--fork", "--mount-proc"))
          .startsWith(UNHEARD)
          .contains("host's pid namespace");
      assertThat(kernelSource("unshare", "--pid", "--fork"))
          .startsWith(UNHEARD)
          .contains("host's pid namespace");
      assertThat(other.meter().up()).isTrue();
    }
  }

  @Test
  void should_name_the_capability_that_is_missing() {
    assertThat(kernelSource("setpriv", "--bounding-set=-net_admin", "--inh-caps=-net_admin"))
        .contains("CAP_NET_ADMIN");
  }

  /// What doctor says of the kernel source, in the first line about it.
  private static String kernelSource(String... under) {
    var arguments =
        Stream.concat(
                Stream.of(under).skip(1),
                Stream.of(LAUNCHER.toString(), "doctor", "--no-connect", "host"))
            .toArray(String[]::new);
    var said =
        Tool.require(under[0], "util-linux")
            .run(
                Path.of("."),
                Map.of("HALFSECOND_JAVA_HOME", System.getProperty("java.home")),
                arguments)
            .output();
    return said.lines()
        .filter(line -> line.contains("  kernel source: "))
        .findFirst()
        .orElseThrow(() -> new AssertionError(said));
  }
}
