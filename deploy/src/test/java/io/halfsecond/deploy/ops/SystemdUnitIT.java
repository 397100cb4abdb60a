package io.halfsecond.deploy.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// systemd's own opinion of the unit.
class SystemdUnitIT {

  @Test
  void should_be_a_unit_that_systemd_takes_without_a_warning(@TempDir Path directory)
      throws Exception {
    Path unit = directory.resolve(SystemdUnitTest.UNIT.getFileName());
    // verify insists that the program exists.
    Files.writeString(
        unit,
        Files.readString(SystemdUnitTest.UNIT)
            .replace("/opt/halfsecond/bin/halfsecond", "/bin/true"));

    var result =
        Tool.require("systemd-analyze", "systemd")
            .run(directory, Map.of(), "verify", unit.toString());

    assertThat(result.output()).isEmpty();
    assertThat(result.status()).isZero();
  }

  /// systemd 252 rates it 2.0 of 10, where 0 is sealed off; the network and the process table make
  /// up most of it.
  @Test
  void should_be_rated_ok_by_systemd() {
    var result =
        Tool.require("systemd-analyze", "systemd")
            .run(
                Path.of("").toAbsolutePath(),
                Map.of(),
                "security",
                "--offline=true",
                "--threshold=21",
                SystemdUnitTest.UNIT.toString());

    assertThat(result.status()).as(result.output()).isZero();
  }
}
