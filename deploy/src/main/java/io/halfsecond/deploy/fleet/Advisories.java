package io.halfsecond.deploy.fleet;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.halfsecond.streams.query.HostFile;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What a document of advisories says about files, by the package that owns them: binary or source
/// package, since advisories of distributions name the latter.
///
/// Read are CycloneDX VEX in JSON (cyclonedx.org/docs/1.6/json, `vulnerabilities`) and OSV
/// (ossf.github.io/osv-schema), one record or an array of them.
public final class Advisories {
  public static final Advisories NONE = new Advisories(List.of());

  private static final ObjectMapper JSON = new ObjectMapper();

  /// States of a VEX analysis that say that there is nothing to do.
  private static final Set<String> HARMLESS =
      Set.of("not_affected", "false_positive", "resolved", "resolved_with_pedigree");

  /// `pkg:TYPE/NAMESPACE/NAME@VERSION?QUALIFIERS#SUBPATH` (package-url/purl-spec), anywhere in a
  /// reference.
  private static final Pattern PURL =
      Pattern.compile("pkg:[^/@?#]+/((?:[^/@?#]+/)*)([^/@?#]+)(?:@([^?#]+))?(?:\\?([^#]+))?");

  private static final Pattern DISTRO = Pattern.compile("(?:^|&)distro=([^&]+)");

  /// One statement about versions of a package.
  ///
  /// @param hosts which hosts it is about, by distribution and release
  /// @param text for a person, for example `CVE-2024-3094 exploitable`
  /// @param affects false if it says that these versions are not affected
  private record Statement(
      String packageName,
      Predicate<String> versions,
      Predicate<String> hosts,
      String text,
      boolean affects) {
    private boolean isAbout(HostFile file) {
      return !file.packageName().isEmpty()
          && (packageName.equals(file.packageName()) || packageName.equals(file.sourcePackage()))
          && hosts.test(file.distribution())
          && versions.test(file.version());
    }
  }

  private final List<Statement> statements;

  private Advisories(List<Statement> statements) {
    this.statements = statements;
  }

  public boolean isEmpty() {
    return statements.isEmpty();
  }

  /// What is said about a file, in words.
  public List<String> about(HostFile file) {
    return statements.stream()
        .filter(statement -> statement.isAbout(file))
        .map(Statement::text)
        .distinct()
        .toList();
  }

  /// Whether something is said about it that calls for action.
  public boolean affects(HostFile file) {
    return statements.stream().anyMatch(statement -> statement.affects && statement.isAbout(file));
  }

  /// @throws IOException if it cannot be read or is no such document; the message names the file
  public static Advisories vex(Path file) throws IOException {
    var document = read(file);
    if (!document.path("bomFormat").asText().equals("CycloneDX")
        || document.path("vulnerabilities").isEmpty()) {
      throw new IOException(file + ": no CycloneDX document with vulnerabilities");
    }
    var statements = new ArrayList<Statement>();
    for (var vulnerability : document.path("vulnerabilities")) {
      var id = vulnerability.path("id").asText("unnamed");
      var state = vulnerability.path("analysis").path("state").asText("in_triage");
      for (var affected : vulnerability.path("affects")) {
        vex(document, id, state, affected).forEach(statements::add);
      }
    }
    if (statements.isEmpty()) {
      throw new IOException(file + ": its vulnerabilities name no package that can be recognised");
    }
    return new Advisories(statements);
  }

  private static Stream<Statement> vex(
      JsonNode document, String id, String state, JsonNode affected) {
    var reference = affected.path("ref").asText();
    return target(document, reference).stream()
        .flatMap(
            target -> {
              boolean harmless = HARMLESS.contains(state);
              var versions = affected.path("versions");
              if (versions.isEmpty()) {
                return Stream.of(
                    new Statement(
                        target.name,
                        target.version.<Predicate<String>>map(one -> one::equals).orElse(_ -> true),
                        target.hosts,
                        id + " " + words(state),
                        !harmless));
              }
              return versions
                  .valueStream()
                  .map(
                      version -> {
                        var status = version.path("status").asText("affected");
                        return new Statement(
                            target.name,
                            version.has("version")
                                ? version.path("version").asText()::equals
                                : VersionRange.vers(version.path("range").asText()),
                            target.hosts,
                            id + " " + words(status.equals("affected") ? state : status),
                            !harmless && status.equals("affected"));
                      });
            });
  }

  private record Target(String name, Optional<String> version, Predicate<String> hosts) {}

  /// The package that a reference means: a package URL, or a component of the document.
  private static Optional<Target> target(JsonNode document, String reference) {
    var text =
        document
            .path("components")
            .valueStream()
            .filter(component -> component.path("bom-ref").asText().equals(reference))
            .findFirst()
            .map(
                component ->
                    component
                        .path("purl")
                        .asText(
                            "pkg:generic/%s@%s"
                                .formatted(
                                    component.path("name").asText(),
                                    component.path("version").asText())))
            .orElse(reference);
    var purl = PURL.matcher(text);
    return purl.find()
        ? Optional.of(
            new Target(
                decoded(purl.group(2)),
                Optional.ofNullable(purl.group(3))
                    .map(Advisories::decoded)
                    .filter(version -> !version.isEmpty()),
                Distributions.ofPackageUrl(
                    purl.group(1).replaceFirst("/$", ""),
                    Optional.ofNullable(purl.group(4)).map(Advisories::distro).orElse(""))))
        : Optional.empty();
  }

  /// @param qualifiers of a package URL
  private static String distro(String qualifiers) {
    var found = DISTRO.matcher(qualifiers);
    return found.find() ? decoded(found.group(1)) : "";
  }

  /// A plus sign stands for itself in a package URL.
  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static String words(String state) {
    return state.replace('_', ' ');
  }

  /// @throws IOException if it cannot be read or is no such document; the message names the file
  public static Advisories osv(Path file) throws IOException {
    var document = read(file);
    var statements = new ArrayList<Statement>();
    for (var record : document.isArray() ? document : JSON.createArrayNode().add(document)) {
      var id = record.path("id").asText();
      if (id.isEmpty() || !record.has("affected")) {
        throw new IOException(file + ": no OSV record: it has no id, or nothing affected");
      }
      for (var affected : record.path("affected")) {
        var name = affected.path("package").path("name").asText();
        var ecosystem = affected.path("package").path("ecosystem").asText();
        if (!name.isEmpty()
            && !record.has("withdrawn")
            && Distributions.isOne(ecosystem)
            && VersionRange.namesVersions(affected)) {
          statements.add(
              new Statement(
                  name,
                  VersionRange.osv(affected),
                  Distributions.ofEcosystem(ecosystem),
                  id + " affected",
                  true));
        }
      }
    }
    if (statements.isEmpty()) {
      throw new IOException(
          file
              + ": names no package of a distribution with its versions, or is withdrawn; take the"
              + " record of the distribution, such as DSA-5649-1");
    }
    return new Advisories(statements);
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse("");
  }

  private static JsonNode read(Path file) throws IOException {
    try {
      return JSON.readTree(Files.readString(file));
    } catch (JsonProcessingException e) {
      throw new IOException(
          "%s is not JSON: %s".formatted(file, firstLine(e.getOriginalMessage())), e);
    }
  }
}
