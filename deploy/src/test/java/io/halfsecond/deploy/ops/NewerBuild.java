package io.halfsecond.deploy.ops;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.apache.avro.compiler.specific.SpecificCompiler;
import org.apache.avro.compiler.specific.SpecificCompiler.FieldVisibility;
import org.apache.avro.generic.GenericData.StringType;
import org.apache.avro.idl.IdlReader;

/// A build of Halfsecond that is newer than this one: the same program with the schemas of a later
/// version. Every record has another field, every enum another symbol, the finding of an alert and
/// the input of a cohort another kind.
final class NewerBuild {
  private static final Path SCHEMAS = Path.of("../schemas/src/main/avro/halfsecond.avdl");
  // This build makes those that are left out by all their fields.
  private static final Pattern RECORD =
      Pattern.compile(
          "(?m)^( *record (?!CohortInput|Contrast|Quantiles|Statement|TelemetryLoss)\\w+ \\{)");
  private static final Pattern ENUM = Pattern.compile("(?m)(\\s*\\} = UNKNOWN;)");
  private static final Pattern UNION = Pattern.compile("(union \\{ (?!null)[^}]*\\w)( \\})");
  private static final Pattern PROTOCOL = Pattern.compile("(?m)^(protocol \\w+ \\{)");

  private NewerBuild() {}

  /// Compiles its schemas.
  ///
  /// @param directory for sources and classes
  /// @return the directory of the classes, which belongs before this build in the class path
  static Path compile(Path directory) throws IOException {
    var sources = Files.createDirectories(directory.resolve("sources"));
    var idl =
        Files.writeString(directory.resolve("newer.avdl"), changed(Files.readString(SCHEMAS)));
    var protocol = new IdlReader().parse(idl).getProtocol();
    var compiler = new SpecificCompiler(Objects.requireNonNull(protocol));
    // As the build of the schemas configures it.
    compiler.setStringType(StringType.String);
    compiler.setFieldVisibility(FieldVisibility.PRIVATE);
    compiler.setCreateOptionalGetters(true);
    compiler.setGettersReturnOptional(true);
    compiler.setOptionalGettersForNullableFieldsOnly(true);
    compiler.setEnableDecimalLogicalType(false);
    compiler.compileToDestination(null, sources.toFile());

    var classes = Files.createDirectories(directory.resolve("classes"));
    var arguments =
        new ArrayList<>(
            List.of(
                "-nowarn",
                "-proc:none",
                "-cp",
                System.getProperty("java.class.path"),
                "-d",
                classes.toString()));
    try (var files = Files.walk(sources)) {
      files.map(Path::toString).filter(name -> name.endsWith(".java")).forEach(arguments::add);
    }
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, arguments.toArray(String[]::new));
    if (status != 0) {
      throw new IOException("the newer schemas do not compile");
    }
    return classes;
  }

  private static String changed(String idl) {
    idl = RECORD.matcher(idl).replaceAll("$1 union { null, long } ofANewerVersion = null;");
    idl = ENUM.matcher(idl).replaceAll(", NEWER$1");
    idl = UNION.matcher(idl).replaceAll("$1, OfANewerVersion$2");
    return PROTOCOL.matcher(idl).replaceAll("$1 record OfANewerVersion { int a; }");
  }
}
