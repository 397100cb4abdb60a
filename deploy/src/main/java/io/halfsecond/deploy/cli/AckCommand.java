package io.halfsecond.deploy.cli;

import io.halfsecond.deploy.alerts.AlertReader;
import io.halfsecond.deploy.alerts.AlertText;
import io.halfsecond.deploy.alerts.ControlWriter;
import io.halfsecond.deploy.alerts.NewestAlerts;
import io.halfsecond.deploy.config.Catalogue;
import io.halfsecond.deploy.config.Configuration;
import io.halfsecond.deploy.terminal.Progress;
import io.halfsecond.deploy.service.Clusters;
import io.halfsecond.deploy.service.Settings;
import io.halfsecond.schemas.Acknowledgement;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertControl;
import io.halfsecond.schemas.Decision;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "ack", mixinStandardHelpOptions = true, description = {
  "Decides about an alert, and waits until the topology has done it.",
  "Exit status 1 if there is nothing to decide, or the topology does not answer."}, footerHeading = "%nExample:%n", footer = {
    "  halfsecond ack 3f9c01d2 --accept --why 'openssh 9.2p1-2+deb12u3, change 4711'",
    "  halfsecond ack 3f9c01d2 --rollback --why 'it was not the upgrade'"})
final class AckCommand implements Callable<Integer> {
  private static final Pattern ALERT = Pattern.compile("[0-9a-f]{6,32}");
  private static final int LONGEST_WHY = 1_000;
  private static final int LONGEST_WHO = 100;
  /// The topology commits every second unless told otherwise.
  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final Duration POLL = Duration.ofMillis(200);

  /// What is decided: one of them.
  static final class Choice {
    @Option(names = "--accept", required = true, description = "The change is legitimate: the alert ends, and what was measured since its onset is the new normal.")
    private boolean accept;

    @Option(names = "--dismiss", required = true, description = "Nobody wants to hear more of it: no page, no update on dashboards. It stays open, and the normal as it was.")
    private boolean dismiss;

    @Option(names = "--rollback", required = true, description = "It should not have been accepted: the normal of before the alert is in force again.")
    private boolean rollback;

    private Decision decision() {
      if (accept) {
        return Decision.ACCEPT;
      }
      if (dismiss) {
        return Decision.DISMISS;
      }
      return rollback ? Decision.ROLL_BACK : Decision.UNKNOWN;
    }
  }

  private final Surroundings around;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it before it calls call
  private CommandSpec spec;

  @Mixin
  private ConfigurationOptions options = new ConfigurationOptions();

  @Parameters(paramLabel = "ALERT", description = "Id of the alert, or its first digits, at least 6; halfsecond alerts --open shows them.")
  private String alert = "";

  @ArgGroup(multiplicity = "1")
  private Choice choice = new Choice();

  @Option(names = "--why", required = true, paramLabel = "TEXT", description = "For those who read the alert later; at most 1,000 characters.")
  private String why = "";

  @Option(names = "--by", paramLabel = "NAME", description = "Who decides. Default: $SUDO_USER or the user, and this host.")
  private Optional<String> by = Optional.empty();

  AckCommand(Surroundings around) {
    this.around = around;
  }

  @Override
  public Integer call() {
    Logging.onlyErrorsOfKafka();
    var digits = digits();
    var reason = line("--why", why, LONGEST_WHY);
    var person = by.map(name -> line("--by", name, LONGEST_WHO));
    var configuration = options.load(around.environment());
    var word = Acknowledgement.newBuilder().setDecision(choice.decision())
      .setWho(person.orElseGet(() -> caller(configuration)))
      .setAt(Instant.now().truncatedTo(ChronoUnit.MICROS)).setWhy(reason).build();
    try (var reader = AlertReader.open(configuration.get(Catalogue.BOOTSTRAP_SERVERS), configuration.kafka(),
      Clusters.topics(configuration).alerts(), Instant.EPOCH)) {
      var all = NewestAlerts.of(reader.readToEnd(around.stop()::requested));
      var found = all.beginningWith(digits);
      if (found.isEmpty()) {
        return refuse("no alert begins with %s; %s".formatted(digits,
          all.open().isEmpty() ? "none is open" : "those that are open:"), all.open());
      }
      if (found.size() > 1) {
        return refuse("%d alerts begin with %s; give more digits".formatted(found.size(), digits), found);
      }
      var chosen = found.getFirst();
      var objection = all.objection(chosen, word.getDecision());
      if (objection.isPresent()) {
        return refuse(objection.get(), found);
      }
      write(configuration, chosen, word);
      return await(reader, chosen.getAlertId(), word);
    }
  }

  private int refuse(String reason, List<Alert> alerts) {
    around.err().println("halfsecond ack: " + reason);
    alerts
      .forEach(each -> around.err().println("  %s  %s".formatted(each.getAlertId(), AlertText.line(each))));
    return ExitStatus.FINDING_OR_FAILURE;
  }

  private static void write(Configuration configuration, Alert alert, Acknowledgement word) {
    var topic = Clusters.topics(configuration).control();
    Clusters.requireTopic(configuration, topic);
    ControlWriter.write(configuration.get(Catalogue.BOOTSTRAP_SERVERS), configuration.kafka(), topic,
      AlertControl.newBuilder().setAlertId(alert.getAlertId()).setHost(alert.getHost())
        .setCohort(alert.getCohort()).setAcknowledgement(word).build());
  }

  /// Until the alert carries the word, or something else has come first.
  private int await(AlertReader reader, String id, Acknowledgement word) {
    var progress = new Progress(around.out(), around.terminal());
    long begun = System.nanoTime();
    while (System.nanoTime() - begun < PATIENCE.toNanos() && !around.stop().requested()) {
      for (var step : reader.poll(POLL)) {
        if (step.getAlertId().equals(id)) {
          if (step.getAcknowledgement().filter(word::equals).isPresent()) {
            progress.say(AlertText.line(step));
            return ExitStatus.DONE;
          }
          var overtaken = NewestAlerts.of(List.of(step)).objection(step, word.getDecision());
          if (overtaken.isPresent()) {
            progress.clear();
            return refuse("too late: " + overtaken.get(), List.of(step));
          }
        }
      }
      progress.update("waiting for the topology: %d s"
        .formatted(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun)));
    }
    progress.clear();
    return refuse(
      "the decision is on the topic, but the alert does not show it yet. Is halfsecond stream running? "
        + "It carries the decision out when it comes to it; there is no need to decide again",
      List.of());
  }

  private String digits() {
    var digits = alert.toLowerCase(Locale.ROOT);
    if (!ALERT.matcher(digits).matches()) {
      throw new ParameterException(spec.commandLine(),
        "ALERT must be 6 to 32 hexadecimal digits, not '%s'".formatted(alert));
    }
    return digits;
  }

  /// One line of text: what a person has typed, with every run of white space as one space.
  private String line(String option, String text, int longest) {
    var line = text.strip().replaceAll("\\s+", " ");
    if (line.isEmpty() || line.length() > longest || line.codePoints().anyMatch(Character::isISOControl)) {
      throw new ParameterException(spec.commandLine(),
        "%s must be 1 to %,d characters of text%s".formatted(option, longest,
          line.isEmpty()
            ? ", not blank"
            : line.length() > longest ? ", not %,d".formatted(line.length()) : ""));
    }
    return line;
  }

  /// The person behind sudo, if there is one.
  private String caller(Configuration configuration) {
    var user = Optional.ofNullable(around.environment().get("SUDO_USER")).filter(name -> !name.isBlank())
      .orElseGet(() -> System.getProperty("user.name"));
    return line("--by", user + "@" + Settings.host(configuration), LONGEST_WHO);
  }
}
