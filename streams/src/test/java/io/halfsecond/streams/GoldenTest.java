package io.halfsecond.streams;

import static io.halfsecond.streams.Given.MILLI;
import static io.halfsecond.streams.Given.START;
import static io.halfsecond.streams.Given.auth;
import static io.halfsecond.streams.Given.heartbeat;
import static io.halfsecond.streams.Given.session;
import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.schemas.travel.TravelledSchemas;
import io.halfsecond.schemas.travel.TravelledSchemas.Patience;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GoldenTest {
  @TempDir private Path stateDirectory;

  @Test
  void should_keep_its_nodes_and_stores() throws IOException {
    var topology =
        HalfsecondTopology.build(
            Harness.settings(stateDirectory),
            new SimpleMeterRegistry(),
            InstantSource.system(),
            new TravelledSchemas(Patience.NONE));

    Golden.assertUnchanged("topology.txt", topology.describe().toString());
  }

  @Test
  void should_have_no_node_with_a_generated_name() {
    var topology =
        HalfsecondTopology.build(
            Harness.settings(stateDirectory),
            new SimpleMeterRegistry(),
            InstantSource.system(),
            new TravelledSchemas(Patience.NONE));

    assertThat(topology.describe().toString()).doesNotContain("KSTREAM-", "KTABLE-");
  }

  /// Names, types and labels, each once. Other tests check values.
  @Test
  void should_keep_its_metrics() throws IOException {
    try (var harness = new Harness(stateDirectory)) {
      // given
      for (int n = 0; n < 560; n++) {
        boolean shifted = n >= 500;
        harness.send(
            auth(n, START.plus(Duration.ofMinutes(n)))
                .setStartupNanos((shifted ? 508 : 8) * MILLI + n * 1000L)
                .setStartupCpuNanos(7 * MILLI + n * 1000L));
      }
      harness.send(session(560, harness.now()));
      harness.send(heartbeat(561, harness.now()));
      harness.sendBytes(new byte[3]);

      // when
      var shape =
          harness
              .registry
              .scrape()
              .lines()
              .map(line -> line.startsWith("#") ? line : line.substring(0, line.lastIndexOf(' ')))
              .map(line -> line.replaceAll("id=\"[0-9a-f]{8}\"", "id=\"…\""))
              .map(line -> line.replaceAll("title=\"[^\"]+\"", "title=\"…\""))
              .distinct()
              .sorted()
              .collect(Collectors.joining("\n", "", "\n"));

      // then
      Golden.assertUnchanged("metrics.txt", shape);
    }
  }
}
