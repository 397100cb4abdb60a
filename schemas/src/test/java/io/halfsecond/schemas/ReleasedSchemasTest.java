package io.halfsecond.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.specific.SpecificRecordBase;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The contract with everything already written to Kafka and everybody who reads it: each record
/// type must read what every released version wrote, and every released version must read what the
/// current one writes.
class ReleasedSchemasTest {
  private static final Path RELEASED = Path.of("released");

  static Stream<SpecificRecordBase> records() {
    return Examples.ALL.stream();
  }

  @ParameterizedTest
  @MethodSource("records")
  void should_be_fully_compatible_with_every_release(SpecificRecordBase example) {
    // given
    Schema current = example.getSchema();
    List<Schema> released = ReleasedSchemas.of(current.getName());

    // when, then
    assertThat(released).as("releases of %s", current.getName()).isNotEmpty();
    for (var old : released) {
      assertReads(current, old);
      assertReads(old, current);
    }
  }

  private static void assertReads(Schema reader, Schema writer) {
    var result = SchemaCompatibility.checkReaderWriterCompatibility(reader, writer);
    assertThat(result.getType())
        .as(result.getDescription())
        .isEqualTo(SchemaCompatibilityType.COMPATIBLE);
  }

  @ParameterizedTest
  @MethodSource("records")
  void should_read_the_bytes_of_every_release(SpecificRecordBase example) throws IOException {
    // given
    var name = example.getSchema().getName();

    for (var version : ReleasedSchemas.VERSIONS) {
      var golden = RELEASED.resolve(version).resolve(name + ".hex");
      if (Files.exists(golden)) {
        // when
        var decoded =
            Examples.serdeOf(example)
                .decode(HexFormat.of().parseHex(Files.readString(golden).strip()));

        // then
        assertThat(decoded.get(0)).as("%s of version %s", name, version).isEqualTo(example.get(0));
        if (ReleasedSchemas.of(name).getLast().equals(example.getSchema())) {
          assertThat(decoded).isEqualTo(example);
        }
      }
    }
  }

  @Test
  void should_list_every_released_version() throws IOException {
    try (var versions = Files.list(RELEASED)) {
      assertThat(versions.map(path -> path.getFileName().toString()).sorted())
          .containsExactlyElementsOf(ReleasedSchemas.VERSIONS);
    }
  }

  @Test
  void should_document_every_record_and_field() {
    // given
    var undocumented = new ArrayList<String>();

    // when
    for (var example : Examples.ALL) {
      collectUndocumented(example.getSchema(), undocumented);
    }

    // then
    assertThat(undocumented).isEmpty();
  }

  /// Field names that explain themselves by their type's documentation.
  private static void collectUndocumented(Schema schema, List<String> undocumented) {
    if (schema.getDoc() == null) {
      undocumented.add(schema.getFullName());
    }
    for (var field : schema.getFields()) {
      boolean typeTells = namedType(field.schema()).getDoc() != null;
      if (field.doc() == null && !typeTells) {
        undocumented.add(schema.getName() + "." + field.name());
      }
      var type = namedType(field.schema());
      if (type.getType() == Schema.Type.RECORD) {
        collectUndocumented(type, undocumented);
      }
    }
  }

  private static Schema namedType(Schema schema) {
    return switch (schema.getType()) {
      case ARRAY -> namedType(schema.getElementType());
      case MAP -> namedType(schema.getValueType());
      case UNION -> namedType(Objects.requireNonNull(schema.getTypes().getLast()));
      default -> schema;
    };
  }

  /// Run by hand when a version is released: writes its schemas and an example of each as bytes.
  /// `mvn -pl schemas -am test -Dtest=ReleasedSchemasTest#freeze -Dtest.excluded=
  /// -Dsurefire.failIfNoSpecifiedTests=false -Dfreeze=VERSION`.
  @Test
  @Tag("freeze")
  void freeze() throws IOException {
    var directory =
        Files.createDirectories(
            RELEASED.resolve(
                Objects.requireNonNull(System.getProperty("freeze"), "-Dfreeze=VERSION")));
    for (var example : Examples.ALL) {
      var name = example.getSchema().getName();
      Files.writeString(
          directory.resolve(name + ".avsc"), example.getSchema().toString(true) + "\n");
      Files.writeString(
          directory.resolve(name + ".hex"),
          HexFormat.of().formatHex(Examples.serdeOf(example).encode(example)) + "\n");
    }
    assertThat(directory).isDirectoryContaining("glob:**.avsc");
  }
}
