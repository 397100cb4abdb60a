package io.halfsecond.deploy.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ConfigurationReferenceTest {
  private static final Path DOCUMENTED = Path.of("../docs/configuration.md");

  @Test
  void should_be_the_page_of_the_documentation() throws IOException {
    assertThat(ConfigurationReference.markdown())
        .as("make it anew: halfsecond config --markdown > docs/configuration.md")
        .isEqualTo(Files.readAllLines(DOCUMENTED));
  }
}
