package io.halfsecond.deploy.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// systemd's own opinion of the unit.
class SystemdUnitIT {

  static List<Path> units() {
    return List.of(Unit.COLLECTOR, Unit.TOPOLOGY, Unit.PUSH);
  }

  @ParameterizedTest
  @MethodSource("units")
  void should_be_a_unit_that_systemd_takes_without_a_warning(Path file, @TempDir Path directory)
      throws Exception {
    Path unit = directory.resolve(file.getFileName());
    // verify insists that the program exists.
    Files.writeString(
        unit,
        Files.readString(file).replaceAll("/usr/lib/halfsecond[^ ]*/bin/halfsecond", "/bin/true"));

    var result =
        Tool.require("systemd-analyze", "systemd")
            .run(directory, Map.of(), "verify", "--man=no", unit.toString());

    assertThat(result.output()).isEmpty();
    assertThat(result.status()).isZero();
  }

  /// systemd 252 rates the collector 2.0 of 10, where 0 is sealed off; the network and the process
  /// table make up most of it.
  @ParameterizedTest
  @MethodSource("units")
  void should_be_rated_ok_by_systemd(Path file) {
    var result =
        Tool.require("systemd-analyze", "systemd")
            .run(
                Path.of("").toAbsolutePath(),
                Map.of(),
                "security",
                "--offline=true",
                "--threshold=21",
                file.toString());

    assertThat(result.status()).as(result.output()).isZero();
  }
}
