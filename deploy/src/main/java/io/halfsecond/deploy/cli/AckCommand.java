package io.halfsecond.deploy.cli;

import io.halfsecond.deploy.alerts.AlertText;
import io.halfsecond.deploy.alerts.Answers;
import io.halfsecond.deploy.alerts.ControlWriter;
import io.halfsecond.deploy.alerts.DecisionPlan;
import io.halfsecond.deploy.alerts.NewestAlerts;
import io.halfsecond.deploy.broker.ClusterRole;
import io.halfsecond.deploy.config.Catalogue;
import io.halfsecond.deploy.config.Configuration;
import io.halfsecond.deploy.service.Clusters;
import io.halfsecond.deploy.service.Settings;
import io.halfsecond.deploy.terminal.Progress;
import io.halfsecond.deploy.topic.TopicReader;
import io.halfsecond.schemas.Acknowledgement;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertScope;
import io.halfsecond.schemas.Decision;
import io.halfsecond.schemas.Printable;
import io.halfsecond.schemas.RecordSchemas;
import io.halfsecond.schemas.Topics;
import io.halfsecond.schemas.auth.AuthenticationKey;
import io.halfsecond.schemas.auth.Authenticator;
import io.halfsecond.schemas.auth.KeySealer;
import io.halfsecond.schemas.auth.Sealer;
import io.halfsecond.schemas.travel.SchemaWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "ack",
    mixinStandardHelpOptions = true,
    description = {
      "Accept, dismiss or roll back an alert.",
      "Waits until the topology has carried out the decision, and prints the alert. On an incident"
          + " the decision applies to every alert of its hosts; alerts that have ended are left"
          + " alone."
    },
    exitCodeList = {
      "0:the topology has carried out the decision",
      "1:nothing to decide, or no answer from the topology for part of it"
    },
    footer = {
      "  halfsecond ack 3f9c01d2 --accept --why 'openssh 9.2p1-2+deb12u3, change 4711'",
      "  halfsecond ack 3f9c01d2 --rollback --why 'it was not the upgrade'"
    })
final class AckCommand implements Callable<Integer>, InRole {
  private static final int LONGEST_WHY = 1_000;
  private static final int LONGEST_WHO = 100;

  /// The topology commits every second by default.
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private static final Duration POLL = Duration.ofMillis(200);

  private static final String RUNNING =
      "Is halfsecond stream running? It carries out the decision when it reads it, unless it"
          + " requires a decider's key: see --key-file";

  /// The decision: one of these.
  static final class DecisionChoice {
    @Option(
        names = "--accept",
        required = true,
        description =
            "Accept the change as legitimate: the alert ends, and what was measured since the onset"
                + " becomes the baseline, on each host of an incident. A host that gets the change"
                + " later opens another alert.")
    private boolean accept;

    @Option(
        names = "--dismiss",
        required = true,
        description =
            "Silence the alert: no page, no entry on dashboards. It stays open, and the baseline"
                + " unchanged. Hosts that join an incident later are not covered.")
    private boolean dismiss;

    @Option(
        names = "--rollback",
        required = true,
        description =
            "Take an acceptance back: the baseline from before the alert is used again, on each"
                + " host of an incident that it was accepted for.")
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

  @Mixin private KafkaOptions options = new KafkaOptions();

  @Parameters(
      paramLabel = "ALERT",
      converter = AlertDigits.class,
      description =
          "Id of the alert, or at least its first 6 digits; halfsecond alerts --open prints them.")
  private String alert = "";

  @ArgGroup(multiplicity = "1")
  private DecisionChoice choice = new DecisionChoice();

  @Option(
      names = "--why",
      required = true,
      paramLabel = "TEXT",
      description = "Reason, for those who read the alert later; at most 1,000 characters.")
  private String why = "";

  @Option(
      names = "--by",
      paramLabel = "NAME",
      description = "Who decides. Default: $SUDO_USER or the current user, and this host.")
  private Optional<String> by = Optional.empty();

  @Option(
      names = "--key-file",
      paramLabel = "FILE",
      description =
          "Key that proves who decides, from halfsecond enroll --decider. Default:"
              + " control.authentication-key-file.")
  private Optional<Path> keyFile = Optional.empty();

  AckCommand(Surroundings around) {
    this.around = around;
  }

  @Override
  public ClusterRole role() {
    return ClusterRole.DECIDER;
  }

  @Override
  public KafkaOptions kafka() {
    return options;
  }

  @Override
  public Integer call() throws IOException {
    Logging.onlyErrorsOfKafka();
    var reason = line("--why", why, LONGEST_WHY);
    var person = by.map(name -> line("--by", name, LONGEST_WHO));
    keyFile.ifPresent(
        file -> options.set(Catalogue.CONTROL_KEY.name(), file.toAbsolutePath().toString()));
    var configuration = options.load(around.environment());
    var key = Settings.decider(configuration);
    var word =
        Acknowledgement.newBuilder()
            .setDecision(choice.decision())
            .setWho(who(person, key, configuration))
            .setAt(Instant.now().truncatedTo(ChronoUnit.MICROS))
            .setWhy(reason)
            .build();
    try (var reader = Clusters.reader(configuration, Topics::alerts, Instant.EPOCH)) {
      var all = NewestAlerts.of(reader.readToEnd(around.stop()::requested));
      var found = all.beginningWith(alert);
      if (found.isEmpty()) {
        return refuse(
            "no alert id starts with %s; %s"
                .formatted(alert, all.open().isEmpty() ? "no alert is open" : "open alerts:"),
            all.open());
      }
      if (found.size() > 1) {
        return refuse(
            "%d alert ids start with %s; give more digits".formatted(found.size(), alert), found);
      }
      var chosen = found.getFirst();
      var plan = DecisionPlan.of(all, chosen, word.getDecision());
      if (plan.decided().isEmpty()) {
        return refuse(plan.objection().orElse("there is nothing left to decide"), found);
      }
      plan.left().forEach(left -> around.out().println(left(left)));
      // An older topology needs it to read the decision, and waits for it.
      try (var _ =
          SchemaWriter.start(
              configuration.get(Catalogue.BOOTSTRAP_SERVERS),
              configuration.kafka(),
              Clusters.topics(configuration).schemas(),
              RecordSchemas.OF_DECISIONS)) {
        return decide(
            configuration,
            key.<Sealer>map(own -> new KeySealer(() -> own)).orElse(Sealer.NONE),
            reader,
            plan,
            word);
      }
    }
  }

  private int decide(
      Configuration configuration,
      Sealer sealer,
      TopicReader<Alert> reader,
      DecisionPlan plan,
      Acknowledgement word) {
    var answers = new Answers(plan.decided(), word);
    for (var together : plan.inTurn()) {
      write(configuration, sealer, together, word);
      await(reader, plan, answers, together);
      if (!answers.areThere(together)) {
        return refuseForNow(plan, together, answers.awaited());
      }
    }
    if (!answers.overtaken().isEmpty()) {
      return refuse(
          "too late: " + answers.overtaken().getFirst().reason(),
          answers.overtaken().stream().map(DecisionPlan.Left::alert).toList());
    }
    around.out().println(AlertText.line(answers.newest(plan.chosen())));
    return ExitStatus.DONE;
  }

  private int refuse(String reason, List<Alert> alerts) {
    around.err().println("halfsecond ack: " + reason);
    alerts.forEach(
        each ->
            around.err().println("  %s  %s".formatted(each.getAlertId(), AlertText.line(each))));
    return ExitStatus.FINDING_OR_FAILURE;
  }

  private static void write(
      Configuration configuration, Sealer sealer, List<Alert> together, Acknowledgement word) {
    var topic = Clusters.topics(configuration).control();
    Clusters.requireTopic(configuration, topic);
    ControlWriter.write(
        configuration.get(Catalogue.BOOTSTRAP_SERVERS),
        configuration.kafka(),
        sealer,
        topic,
        DecisionPlan.controls(together, word));
  }

  /// Waits until each of these alerts shows the decision or was overtaken by another event, or
  /// until no answer has come for a while.
  private void await(
      TopicReader<Alert> reader, DecisionPlan plan, Answers answers, List<Alert> together) {
    var progress = new Progress(around.out(), around.terminal());
    long answeredNanos = System.nanoTime();
    while (!answers.areThere(together)
        && System.nanoTime() - answeredNanos < PATIENCE.toNanos()
        && !around.stop().requested()) {
      for (var step : reader.poll(POLL)) {
        if (answers.take(step)) {
          answeredNanos = System.nanoTime();
          tell(progress, step, plan, answers);
        }
      }
      if (!answers.areThere(together)) {
        progress.update(
            "waiting for the topology: %,d of %,d done, %d s"
                .formatted(
                    plan.decided().size() - answers.awaited().size(),
                    plan.decided().size(),
                    TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - answeredNanos)));
      }
    }
    progress.clear();
  }

  /// Prints each host of an incident once all of its alerts show the decision.
  private void tell(Progress progress, Alert step, DecisionPlan plan, Answers answers) {
    var ofSubject =
        plan.decided().stream()
            .filter(
                alert ->
                    alert.getScope() != AlertScope.INCIDENT && subject(alert).equals(subject(step)))
            .toList();
    if (plan.chosen().getScope() == AlertScope.INCIDENT
        && !ofSubject.isEmpty()
        && answers.areThere(ofSubject)) {
      answers.overtaken().stream()
          .filter(late -> subject(late.alert()).equals(subject(step)))
          .forEach(late -> progress.say(left(late)));
      progress.say(
          "%s: %s, %,d %s"
              .formatted(
                  subject(step),
                  done(choice.decision()),
                  ofSubject.size(),
                  ofSubject.size() == 1 ? "alert" : "alerts"));
    }
  }

  private int refuseForNow(DecisionPlan plan, List<Alert> together, List<Alert> awaited) {
    if (plan.decided().size() == 1) {
      return refuse(
          "the decision is written, but the alert does not show it yet. "
              + RUNNING
              + "; there is no need to decide again",
          List.of());
    }
    return together.size() == 1
        ? refuse(
            "the decision is written, but the incident does not show it yet. "
                + RUNNING
                + "; then decide again for its hosts: nothing was written for them",
            List.of())
        : refuse(
            "the decisions are written, but %,d of %,d alerts do not show them yet. "
                    .formatted(awaited.size(), plan.decided().size())
                + RUNNING
                + "; there is no need to decide again",
            awaited);
  }

  private static String left(DecisionPlan.Left left) {
    return "%s: %s left unchanged: %s"
        .formatted(subject(left.alert()), AlertText.shortId(left.alert()), left.reason());
  }

  private static String subject(Alert alert) {
    return Printable.of(
        alert.getHost().isEmpty() ? "all hosts of " + alert.getCohort() : alert.getHost());
  }

  private static String done(Decision decision) {
    return switch (decision) {
      case ACCEPT -> "accepted";
      case DISMISS -> "dismissed";
      case ROLL_BACK -> "rolled back";
      case UNKNOWN -> "not decided";
    };
  }

  /// A person's text as one line, with every run of white space as one space.
  private String line(String option, String text, int longest) {
    var line = text.strip().replaceAll("\\s+", " ");
    if (line.isEmpty()
        || line.length() > longest
        || line.codePoints().anyMatch(Character::isISOControl)) {
      throw new ParameterException(
          spec.commandLine(),
          "%s must be 1 to %,d characters of text%s"
              .formatted(
                  option,
                  longest,
                  line.isEmpty()
                      ? ", not blank"
                      : line.length() > longest ? ", not %,d".formatted(line.length()) : ""));
    }
    return line;
  }

  /// With a key, the decision shows the name that the key proves.
  private String who(
      Optional<String> person, Optional<AuthenticationKey> key, Configuration configuration) {
    if (key.isEmpty()) {
      return person.orElseGet(() -> caller(configuration));
    }
    var name = key.get().name();
    var who =
        person.orElseGet(
            () -> line("--by", name + "@" + Settings.host(configuration), LONGEST_WHO));
    if (!Authenticator.names(who, name)) {
      throw new ParameterException(
          spec.commandLine(),
          "--by must be %s or %s@…: the key is that of %s".formatted(name, name, name));
    }
    return who;
  }

  /// The person behind sudo, if there is one.
  private String caller(Configuration configuration) {
    var user =
        Optional.ofNullable(around.environment().get("SUDO_USER"))
            .filter(name -> !name.isBlank())
            .orElseGet(() -> System.getProperty("user.name"));
    return line("--by", user + "@" + Settings.host(configuration), LONGEST_WHO);
  }
}
