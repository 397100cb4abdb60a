package io.halfsecond.deploy.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.halfsecond.collector.emit.FingerprintMapper;
import io.halfsecond.collector.emit.Origin;
import io.halfsecond.collector.inventory.Inventory;
import io.halfsecond.collector.inventory.host.ReadPacing;
import io.halfsecond.collector.linux.Proc;
import io.halfsecond.collector.sshd.SshdListeners;
import io.halfsecond.deploy.broker.ClusterRole;
import io.halfsecond.deploy.config.Catalogue;
import io.halfsecond.deploy.config.Configuration;
import io.halfsecond.deploy.fingerprint.FingerprintDiff;
import io.halfsecond.deploy.fingerprint.FingerprintSbom;
import io.halfsecond.deploy.fingerprint.FingerprintText;
import io.halfsecond.deploy.service.Clusters;
import io.halfsecond.deploy.service.Cohort;
import io.halfsecond.deploy.service.Settings;
import io.halfsecond.schemas.HostFingerprint;
import io.halfsecond.schemas.MappedObject;
import io.halfsecond.schemas.Printable;
import io.halfsecond.schemas.RecordJson;
import io.halfsecond.schemas.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "fingerprint",
    mixinStandardHelpOptions = true,
    description = {
      "Show which files sshd consists of: programs and libraries, by content, with their packages"
          + " and dependencies.",
      "Without HOST it inspects this host, best as root; with HOST it shows the newest record that"
          + " the collector there has sent."
    },
    exitCodeList = {
      "0:no difference",
      "1:a file in memory is not the file at its path; two fingerprints differ; or there is none"
    },
    footer = {
      "  sudo halfsecond fingerprint                   this host",
      "  halfsecond fingerprint web-17 --sbom          CycloneDX, from the collector's record",
      "  halfsecond fingerprint --diff web-17 web-18   two hosts, or two files that --json wrote"
    })
final class FingerprintCommand implements Callable<Integer>, InRole {
  private static final String FILE = ".json";

  private final Surroundings around;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it before it calls call
  private CommandSpec spec;

  @Mixin private KafkaOptions options = new KafkaOptions();

  @Parameters(
      arity = "0..2",
      paramLabel = "HOST",
      description =
          "A host. Default: this host. With --diff two: hosts, or files that end in .json.")
  private List<String> hosts = List.of();

  /// The form of output.
  static final class OutputForm {
    @Option(names = "--json", description = "Print one JSON object with the fields of the record.")
    private boolean json;

    @Option(
        names = "--sbom",
        description = "Print a software bill of materials: CycloneDX 1.6, JSON.")
    private boolean sbom;

    @Option(names = "--diff", description = "Print what two fingerprints do not have in common.")
    private boolean diff;
  }

  @ArgGroup private OutputForm form = new OutputForm();

  FingerprintCommand(Surroundings around) {
    this.around = around;
  }

  @Override
  public ClusterRole role() {
    return ClusterRole.READER;
  }

  @Override
  public KafkaOptions kafka() {
    return options;
  }

  @Override
  public Integer call() throws Exception {
    if (form.diff ? hosts.size() != 2 : hosts.size() > 1) {
      throw new ParameterException(
          spec.commandLine(),
          form.diff ? "--diff needs two hosts or files" : "more than one host needs --diff");
    }
    Logging.onlyErrorsOfKafka();
    var configuration = options.load(around.environment());
    if (form.diff) {
      var a = of(hosts.getFirst(), configuration);
      var b = of(hosts.getLast(), configuration);
      var lines = FingerprintDiff.of(a, b);
      (lines.isEmpty() ? List.of("no difference") : lines).forEach(around.out()::println);
      return lines.isEmpty() ? ExitStatus.DONE : ExitStatus.FINDING_OR_FAILURE;
    }
    var fingerprint =
        hosts.isEmpty() ? ofThisHost(configuration) : of(hosts.getFirst(), configuration);
    if (form.json) {
      around.out().println(Printable.json(RecordJson.of(fingerprint).toString()));
    } else if (form.sbom) {
      around.out().println(Printable.json(FingerprintSbom.of(fingerprint)));
    } else {
      FingerprintText.of(fingerprint).forEach(around.out()::println);
    }
    return fingerprint.getObjects().stream().anyMatch(MappedObject::getDiffersFromPath)
        ? ExitStatus.FINDING_OR_FAILURE
        : ExitStatus.DONE;
  }

  private static HostFingerprint ofThisHost(Configuration configuration)
      throws IOException, InterruptedException {
    var listeners =
        new SshdListeners(Proc.ROOT, configuration.get(Catalogue.SSHD_COMMAND).orElse(""));
    var fingerprint =
        new Inventory(Proc.ROOT, listeners, ReadPacing.FAST)
            .inspect()
            .orElseThrow(
                () ->
                    new IOException(
                        "no sshd listens here, and none is installed in the usual places"));
    var origin =
        new Origin(
            Settings.host(configuration),
            configuration.get(Catalogue.COHORT).orElseGet(Cohort::ofThisHost),
            "",
            "fingerprint");
    return FingerprintMapper.of(origin, fingerprint, Instant.now(), 0);
  }

  private static HostFingerprint of(String name, Configuration configuration) throws IOException {
    if (name.endsWith(FILE)) {
      return read(Path.of(name));
    }
    var topics = Clusters.topics(configuration);
    var newest = new HashMap<String, HostFingerprint>();
    try (var reader = Clusters.reader(configuration, Topics::hostFingerprint, Instant.EPOCH)) {
      reader.readToEnd(
          () -> false,
          fingerprint -> {
            if (fingerprint.getHost().equals(name)) {
              newest.put(name, fingerprint);
            }
          });
    }
    return Optional.ofNullable(newest.get(name))
        .orElseThrow(
            () ->
                new IOException(
                    "no fingerprint of %s on %s".formatted(name, topics.hostFingerprint().name())));
  }

  private static HostFingerprint read(Path file) throws IOException {
    try {
      return RecordJson.read(
          HostFingerprint.class, new ObjectMapper().readTree(Files.readString(file)));
    } catch (IllegalArgumentException | JsonProcessingException e) {
      throw new IOException("%s is not a fingerprint: %s".formatted(file, e.getMessage()), e);
    }
  }
}
