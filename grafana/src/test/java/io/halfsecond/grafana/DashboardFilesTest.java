package io.halfsecond.grafana;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The files that Grafana reads are what the code says. `-Dgolden.update=true` writes them.
class DashboardFilesTest {
  private static final Path FILES = Path.of("src/main/resources/io/halfsecond/grafana/dashboards");

  private static final Map<String, Map<String, Object>> WRITTEN =
      Map.of(
          "fleet.json",
          FleetDashboard.json(),
          "host.json",
          HostDashboard.json(),
          "pipeline.json",
          PipelineDashboard.json());

  private static String text(Object json) throws IOException {
    var printer =
        new DefaultPrettyPrinter(
                Separators.createDefaultInstance()
                    .withObjectFieldValueSpacing(Separators.Spacing.AFTER))
            .withObjectIndenter(new DefaultIndenter("  ", "\n"))
            .withArrayIndenter(new DefaultIndenter("  ", "\n"));
    return new ObjectMapper().writer(printer).writeValueAsString(json) + "\n";
  }

  @Test
  void should_ship_what_the_code_says() throws IOException {
    for (var written : WRITTEN.entrySet()) {
      var file = FILES.resolve(written.getKey());
      var text = text(written.getValue());
      if (Boolean.getBoolean("golden.update")) {
        Files.writeString(file, text);
      }
      assertThat(Files.readString(file))
          .as(
              "%s; mvn -pl grafana test -Dtest=DashboardFilesTest -Dgolden.update=true writes it",
              file)
          .isEqualTo(text);
    }
  }

  @Test
  void should_ship_no_other_dashboard() throws IOException {
    try (var files = Files.list(FILES)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(WRITTEN.keySet());
    }
  }
}
