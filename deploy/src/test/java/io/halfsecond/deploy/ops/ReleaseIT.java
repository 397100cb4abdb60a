package io.halfsecond.deploy.ops;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.halfsecond.schemas.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is published of a build.
class ReleaseIT {
  private static final Path DISTRIBUTION = Path.of("target/halfsecond");

  @TempDir private Path directory = Path.of("unset");

  @BeforeAll
  static void requireDistribution() {
    if (!Files.isDirectory(DISTRIBUTION.resolve("lib"))) {
      throw Tool.missing("target/halfsecond is not there: it is made by the package phase");
    }
  }

  private static Tool.Result release(Path out, Map<String, String> environment) {
    return new Tool(Path.of("release.sh").toAbsolutePath())
        .run(Path.of("").toAbsolutePath(), environment, out.toString());
  }

  /// Of a file name of the distribution's libraries, the SBOM has the content.
  @Test
  void should_name_each_library_of_the_distribution_by_its_hash_in_the_sbom() throws IOException {
    var sbom = new ObjectMapper().readTree(DISTRIBUTION.resolve("sbom.cdx.json").toFile());
    var hashes = new ArrayList<String>();
    for (JsonNode component : sbom.path("components")) {
      for (JsonNode hash : component.path("hashes")) {
        if (hash.path("alg").asText().equals("SHA-256")) {
          hashes.add(hash.path("content").asText());
        }
      }
    }

    assertThat(sbom.path("bomFormat").asText()).isEqualTo("CycloneDX");
    try (var libraries = Files.list(DISTRIBUTION.resolve("lib"))) {
      assertThat(libraries.filter(ReleaseIT::isOfOthers).toList())
          .hasSizeGreaterThan(20)
          .allSatisfy(
              library -> assertThat(hashes).contains(Sha256.hex(Files.readAllBytes(library))));
    }
  }

  private static boolean isOfOthers(Path library) {
    var name = library.getFileName().toString();
    return name.endsWith(".jar") && !name.startsWith("halfsecond-");
  }

  @Test
  void should_give_the_same_bytes_twice_with_sums_that_are_right_and_signed() throws IOException {
    // given: a stand-in for gpg
    var sign = directory.resolve("sign");
    Files.writeString(sign, "#!/bin/sh\nsha256sum <\"$2\" >\"$2.$1\"\n");
    assertThat(sign.toFile().setExecutable(true)).isTrue();

    // when
    var once = directory.resolve("once");
    var twice = directory.resolve("twice");
    var signed = release(once, Map.of("HALFSECOND_SIGN", sign + " asc"));
    var again = release(twice, Map.of());

    // then
    assertThat(signed.status()).as(signed.output()).isZero();
    assertThat(again.status()).as(again.output()).isZero();
    assertThat(once.resolve("SHA256SUMS.asc")).isNotEmptyFile();
    assertThat(once.resolve("SHA256SUMS")).hasSameTextualContentAs(twice.resolve("SHA256SUMS"));
    var sums = Files.readAllLines(once.resolve("SHA256SUMS"));
    assertThat(sums).allSatisfy(line -> assertThat(line).matches("[0-9a-f]{64}  \\S+"));
    assertThat(sums.stream().map(line -> line.substring(66)).collect(Collectors.toSet()))
        .isEqualTo(
            names(once).stream()
                .filter(name -> !name.startsWith("SHA256SUMS"))
                .collect(Collectors.toSet()));
    for (var line : sums) {
      assertThat(Sha256.hex(Files.readAllBytes(once.resolve(line.substring(66)))))
          .isEqualTo(line.substring(0, 64));
    }
  }

  @Test
  void should_fail_when_nothing_was_signed() {
    var result = release(directory.resolve("out"), Map.of("HALFSECOND_SIGN", "true"));

    assertThat(result.status()).isEqualTo(1);
    assertThat(result.output()).contains("HALFSECOND_SIGN has left no signature");
  }

  private static List<String> names(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }
}
