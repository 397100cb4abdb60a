package io.halfsecond.deploy.cli;

import io.halfsecond.deploy.api.ApiClient;
import io.halfsecond.deploy.api.ApiJson;
import io.halfsecond.deploy.api.FleetAnswer;
import io.halfsecond.deploy.fleet.Advisories;
import io.halfsecond.deploy.fleet.FleetSbom;
import io.halfsecond.deploy.fleet.WhereText;
import io.halfsecond.schemas.Printable;
import io.halfsecond.streams.query.HostFile;
import io.halfsecond.streams.query.HostOverview;
import io.halfsecond.streams.query.ObjectQuery;
import io.halfsecond.streams.query.Presence;
import io.halfsecond.streams.query.Whereabouts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "where",
    description = {
      "Say which hosts have a file in sshd's memory or on disk, which had it in the last 30 days,"
          + " and since when; and which hosts have never said what their sshd consists of.",
      "First comes how many hosts have which version, then each host."
    },
    exitCodeList = {
      "0:done",
      "1:an advisory is about a file that hosts have, or the topology does not answer for all hosts"
    },
    footer = {
      "  halfsecond where liblzma.so.5 --version '5.6.*'",
      "  halfsecond where --package openssh-server --summary",
      "  halfsecond where --osv DSA-5649-1.json",
      "  halfsecond where --sbom > fleet.cdx.json"
    })
final class WhereCommand implements Callable<Integer> {
  private final Surroundings around;

  @Mixin private ApiOptions options = new ApiOptions();

  // The other standard option is --version, which is a package's here.
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help message and exit.")
  @SuppressWarnings("UnusedVariable") // picocli looks at the option alone
  private boolean help;

  @Option(names = "--package", paramLabel = "NAME", description = "Only files of this package.")
  private Optional<String> packageName = Optional.empty();

  @Option(
      names = "--version",
      paramLabel = "VERSION",
      description = "Only of this version of the package; * and ? stand for any text.")
  private Optional<String> version = Optional.empty();

  @Option(
      names = "--sha256",
      paramLabel = "HASH",
      description = "Only with this content: SHA-256, or its first digits.")
  private Optional<String> sha256 = Optional.empty();

  @Option(
      names = "--build-id",
      paramLabel = "ID",
      description = "Only with this GNU build-id, or these first digits of it.")
  private Optional<String> buildId = Optional.empty();

  @Option(names = "--summary", description = "Print only how many hosts have which version.")
  private boolean summary;

  @Option(
      names = "--expected",
      paramLabel = "FILE",
      description =
          "Names of hosts, one per line: those that the topology does not know are printed too.")
  private Optional<Path> expected = Optional.empty();

  /// What advisories are about which files.
  static final class AdvisoryFile {
    @Option(
        names = "--vex",
        paramLabel = "FILE",
        description = "Mark what a CycloneDX VEX document in JSON names.")
    private Optional<Path> vex = Optional.empty();

    @Option(
        names = "--osv",
        paramLabel = "FILE",
        description = "Mark what an OSV record in JSON names.")
    private Optional<Path> osv = Optional.empty();
  }

  @ArgGroup private AdvisoryFile advisories = new AdvisoryFile();

  /// Other forms than text.
  static final class Form {
    @Option(names = "--json", description = "Print the answer of the API.")
    private boolean json;

    @Option(
        names = "--sbom",
        description = "Print what all hosts consist of, as a CycloneDX bill of materials.")
    private boolean sbom;
  }

  @ArgGroup private Form form = new Form();

  @Parameters(
      arity = "0..1",
      paramLabel = "OBJECT",
      description = "Path of a file, or its name with or without its version.")
  private Optional<String> object = Optional.empty();

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it before it calls call
  private CommandSpec spec;

  WhereCommand(Surroundings around) {
    this.around = around;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    var query = query();
    if (form.sbom && !query.equals(ObjectQuery.any())) {
      throw new ParameterException(
          spec.commandLine(), "--sbom is of all files: leave out the object and what it must have");
    }
    if ((form.sbom || form.json) && expected.isPresent()) {
      throw new ParameterException(spec.commandLine(), "--expected goes with text only");
    }
    List<String> expectedHosts = expected.isEmpty() ? List.of() : HostNames.read(expected.get());
    var marks = advisories();
    var client = options.client(around);
    if (form.sbom) {
      var answer = client.components();
      around.out().println(FleetSbom.of(answer.result(), marks));
      return ApiOptions.complete(answer, around);
    }
    if (query.equals(ObjectQuery.any()) && marks.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "name an object, a package, a hash, a build-id or an advisory");
    }
    var answer = client.where(query);
    var found = marks.isEmpty() ? answer.result() : marked(answer.result(), marks);
    if (form.json) {
      around.out().println(ApiJson.text(new FleetAnswer<>(found, answer.incomplete())));
    } else {
      print(new WhereText(found, marks::about));
      missing(expectedHosts, client).forEach(around.out()::println);
    }
    int status = ApiOptions.complete(answer, around);
    return affected(found, marks) ? ExitStatus.FINDING_OR_FAILURE : status;
  }

  private void print(WhereText text) {
    text.summary().forEach(around.out()::println);
    if (!summary) {
      text.hosts().forEach(around.out()::println);
    }
    text.unknown().forEach(around.out()::println);
  }

  /// Only what an advisory names.
  private static Whereabouts marked(Whereabouts all, Advisories advisories) {
    return new Whereabouts(
        all.hosts(),
        all.found().stream().filter(found -> !advisories.about(found.file()).isEmpty()).toList(),
        all.unknown());
  }

  private static boolean affected(Whereabouts found, Advisories advisories) {
    return found.found().stream()
        .filter(each -> each.presence() != Presence.HAD)
        .map(Whereabouts.Found::file)
        .anyMatch((HostFile file) -> advisories.affects(file));
  }

  private ObjectQuery query() {
    try {
      return new ObjectQuery(object, packageName, version, sha256, buildId);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--" + e.getMessage());
    }
  }

  private Advisories advisories() throws IOException {
    if (advisories.vex.isPresent()) {
      return Advisories.vex(advisories.vex.get());
    }
    return advisories.osv.isPresent() ? Advisories.osv(advisories.osv.get()) : Advisories.NONE;
  }

  /// Hosts that should be known and are not.
  private static List<String> missing(List<String> names, ApiClient client)
      throws InterruptedException {
    if (names.isEmpty()) {
      return List.of();
    }
    var known =
        client.hosts(Optional.empty()).result().stream()
            .map(HostOverview::host)
            .collect(Collectors.toSet());
    return names.stream()
        .filter(name -> !known.contains(name))
        .map(name -> "not known: " + Printable.of(name))
        .toList();
  }
}
