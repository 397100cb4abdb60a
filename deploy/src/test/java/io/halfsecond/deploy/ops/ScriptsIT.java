package io.halfsecond.deploy.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScriptsIT {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../.ci/run",
        "../.mvn/format.sh",
        "../.mvn/find-maven.sh",
        "prerequisites.sh",
        "find-jdk.sh",
        "collector-runtime.sh",
        "release.sh",
        "packages/build.sh",
        "packages/debian/halfsecond.postrm",
        "packages/debian/halfsecond-collector.postrm",
        "image/build-image.sh",
        "image/healthy",
        "image/kafka/run",
        "src/test/ansible/in-a-copy.sh"
      })
  void should_be_executable_and_clean_to_shellcheck(String script) {
    var result =
        Tool.require("shellcheck", "shellcheck")
            .run(Path.of("").toAbsolutePath(), Map.of(), script);

    assertThat(result.output()).isEmpty();
    assertThat(result.status()).isZero();
    assertThat(Files.isExecutable(Path.of(script))).isTrue();
  }

  @Test
  void should_end_and_report_what_outlives_the_run_without_its_environment(@TempDir Path directory)
      throws IOException {
    var script = Files.createDirectory(directory.resolve(".ci")).resolve("run");
    Files.copy(Path.of("../.ci/run"), script);
    var log =
        Files.createFile(
            Files.createDirectory(directory.resolve("halfsecond-demo1")).resolve("sshd.log"));
    Files.writeString(
        directory.resolve("Makefile"),
        "test:\n\t@env -i setsid tail -f %s >/dev/null 2>&1 &\n".formatted(log));

    var result = new Tool(script).run(directory, Map.of());

    assertThat(result.status()).isEqualTo(1);
    assertThat(result.output()).contains("processes outlived the run").contains("tail -f " + log);
    assertThat(
            ProcessHandle.allProcesses()
                .filter(
                    process -> process.info().commandLine().orElse("").contains(log.toString())))
        .isEmpty();
  }
}
