package io.halfsecond.streams;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Expected text under `src/test/resources`, so that a review shows its changes. To rewrite it:
/// `mvn … -Dgolden.update=true`.
final class Golden {
  private static final Path RESOURCES = Path.of("src/test/resources/io/halfsecond/streams");

  private Golden() {}

  static void assertUnchanged(String name, String actual) throws IOException {
    var file = RESOURCES.resolve(name);
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(file, actual, UTF_8);
    }
    assertThat(actual)
        .as("%s; -Dgolden.update=true rewrites it", file)
        .isEqualTo(Files.readString(file, UTF_8));
  }
}
