package io.halfsecond.deploy.chart;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The files of values that the chart's tests render, and what they are held against.
final class ChartValues {
  private static final Path DIRECTORY =
      Path.of("src/test/resources/io/halfsecond/deploy/chart").toAbsolutePath();

  private ChartValues() {}

  static Path file(String name) {
    return DIRECTORY.resolve(name + ".yaml");
  }

  /// The version that is built here.
  static String version() throws IOException {
    String pom = Files.readString(Path.of("pom.xml"));
    return pom.substring(
        pom.indexOf("<version>") + "<version>".length(), pom.indexOf("</version>"));
  }
}
