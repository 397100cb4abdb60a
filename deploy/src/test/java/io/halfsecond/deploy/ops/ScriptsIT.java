package io.halfsecond.deploy.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScriptsIT {

  @ParameterizedTest
  @ValueSource(strings = {"../.ci/run", "prerequisites.sh", "find-jdk.sh", "image/build-image.sh",
    "image/kafka/run"})
  void should_be_executable_and_clean_to_shellcheck(String script) {
    var result = Tool.require("shellcheck", "shellcheck").run(Path.of("").toAbsolutePath(), Map.of(), script);

    assertThat(result.output()).isEmpty();
    assertThat(result.status()).isZero();
    assertThat(Files.isExecutable(Path.of(script))).isTrue();
  }
}
