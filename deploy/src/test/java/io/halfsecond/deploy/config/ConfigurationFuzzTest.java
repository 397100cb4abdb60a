package io.halfsecond.deploy.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationFuzzTest {
  @TempDir static Path directory = Path.of("");

  /// @param input the file; after a zero byte, a line `KEY=VALUE` for each setting of the command
  ///   line
  @FuzzTest
  void should_load_or_name_every_problem(byte[] input) throws IOException {
    // given
    int end = 0;
    while (end < input.length && input[end] != 0) {
      end++;
    }
    var file = Files.write(directory.resolve("halfsecond.yaml"), Arrays.copyOf(input, end));
    var flags = new LinkedHashMap<String, String>();
    new String(input, end, input.length - end, StandardCharsets.UTF_8)
        .lines()
        .map(line -> line.split("=", 2))
        .filter(words -> words.length == 2)
        .forEach(words -> flags.put(words[0].strip(), words[1]));
    if (new String(input, StandardCharsets.UTF_8).contains(Catalogue.FROM_FILE)) {
      // Names a file of this machine, which may be a device without end.
      return;
    }

    // when
    try {
      var configuration = Configuration.load(Optional.of(file), Map.of(), flags);

      // then
      for (var key : Catalogue.all()) {
        assertThat((Object) configuration.get(key)).isNotNull();
      }
    } catch (ConfigurationException wrong) {
      assertThat(wrong.problems()).isNotEmpty();
      for (var problem : wrong.problems()) {
        assertThat(problem).matches("(?s)(command line|" + file + "(:\\d+)?): .*");
      }
    }
  }
}
