package io.halfsecond.deploy.cli;

import io.halfsecond.schemas.Names;
import io.halfsecond.schemas.auth.AuthenticationKey;
import io.halfsecond.schemas.auth.FleetSecrets;
import io.halfsecond.schemas.auth.Role;
import io.halfsecond.schemas.auth.SecretFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "enroll",
    mixinStandardHelpOptions = true,
    description = {
      "Issue the key with which a host, or a person who decides, proves who a record is from.",
      "Keys are derived from the fleet's secret, which stays with the topology and where keys are"
          + " issued. All files are readable by their owner only."
    },
    exitCodeList = {"0:done", "1:a file cannot be read or written"},
    footer = {
      "  halfsecond enroll --new-secret /etc/halfsecond/fleet.secrets",
      "  halfsecond enroll web-17 --secret-file /etc/halfsecond/fleet.secrets --out web-17.key",
      "  halfsecond enroll --decider alice --secret-file /etc/halfsecond/fleet.secrets | \\",
      "    ssh alice@bastion 'umask 077; cat > ~/.halfsecond.key'"
    })
final class EnrollCommand implements Callable<Integer> {
  /// What to issue: one of these.
  static final class Wanted {
    @Parameters(paramLabel = "HOST", description = "The host, by its name in telemetry.")
    private Optional<String> host = Optional.empty();

    @Option(
        names = "--decider",
        required = true,
        paramLabel = "NAME",
        description = "A person who decides, by the name that decisions will show.")
    private Optional<String> decider = Optional.empty();

    @Option(
        names = "--new-secret",
        required = true,
        paramLabel = "FILE",
        description =
            "Add a new secret to the file of the fleet's secrets, or make the file. Keys from the"
                + " secrets before stay valid until their lines are removed.")
    private Optional<Path> newSecret = Optional.empty();
  }

  private final Surroundings around;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it before it calls call
  private CommandSpec spec;

  @ArgGroup(multiplicity = "1")
  private Wanted wanted = new Wanted();

  @Option(
      names = "--secret-file",
      paramLabel = "FILE",
      description = "The fleet's secrets. The key is derived from the first.")
  private Optional<Path> secretFile = Optional.empty();

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description =
          "Where to write the key; the file must not exist. Default: standard output, unless that"
              + " is a terminal.")
  private Optional<Path> out = Optional.empty();

  EnrollCommand(Surroundings around) {
    this.around = around;
  }

  @Override
  public Integer call() throws IOException {
    if (wanted.newSecret.isPresent()) {
      return addSecret(wanted.newSecret.get());
    }
    var role = wanted.decider.isPresent() ? Role.DECIDER : Role.HOST;
    var name =
        wanted
            .decider
            .or(() -> wanted.host)
            .orElseThrow(() -> wrong("give HOST, --decider NAME or --new-secret FILE"));
    if (!Names.isHost(name)) {
      throw wrong(
          "'%s' is not a name: a letter or digit, then up to 252 letters, digits or ._:-"
              .formatted(name));
    }
    var secrets =
        FleetSecrets.read(
            secretFile.orElseThrow(
                () -> wrong("a key needs --secret-file, the file of the fleet's secrets")));
    return write(secrets.issue(role, name));
  }

  private int addSecret(Path file) throws IOException {
    if (secretFile.isPresent() || out.isPresent()) {
      throw wrong("--new-secret goes with no other option");
    }
    var id = FleetSecrets.addTo(file, LocalDate.now(ZoneOffset.UTC), new SecureRandom());
    around.out().printf("%s: secret %s added; new keys are derived from it%n", file, id);
    return ExitStatus.DONE;
  }

  private int write(AuthenticationKey key) throws IOException {
    if (out.isPresent()) {
      try {
        SecretFile.create(out.get(), key.toFile());
      } catch (FileAlreadyExistsException _) {
        throw new IOException(out.get() + " exists; remove it first");
      }
      around.out().printf("%s: %s%n", out.get(), key);
    } else if (around.terminal()) {
      throw wrong("a key is not shown on a terminal; give --out, or send the output to a file");
    } else {
      around.out().print(new String(key.toFile(), StandardCharsets.UTF_8));
      around.out().flush();
    }
    return ExitStatus.DONE;
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
