package io.halfsecond.deploy.cli;

import io.halfsecond.deploy.broker.ClusterRole;
import io.halfsecond.deploy.broker.TopicPlan;
import io.halfsecond.deploy.config.Catalogue;
import io.halfsecond.deploy.config.Configuration;
import io.halfsecond.deploy.service.Clusters;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "topics",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "plan|apply|copy",
    description = "Compare Kafka's topics with those that Halfsecond needs, create or copy them.",
    exitCodeList = {
      "0:the topics are as needed",
      "1:a difference is left, or Kafka cannot be reached"
    },
    footer = "  halfsecond topics plan --bootstrap-servers kafka-1:9092")
final class TopicsCommand implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it before it calls run
  private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "missing subcommand: plan, apply or copy");
  }

  /// The options of both subcommands.
  static final class Wish {
    @Mixin private KafkaOptions options = new KafkaOptions();

    @Mixin private AclOptions acls = new AclOptions();

    @Option(
        names = "--partitions",
        paramLabel = "N",
        description =
            "Partitions of every topic. Default: as many as the topics have, or 12 where there are"
                + " none.")
    private Optional<Integer> partitions = Optional.empty();

    @Option(
        names = "--replication-factor",
        paramLabel = "N",
        description = "Replicas of every new topic; -1 for the broker's default.")
    private Optional<Integer> replicationFactor = Optional.empty();

    private Configuration load(Surroundings around) {
      partitions.ifPresent(n -> options.set(Catalogue.PARTITIONS.name(), Integer.toString(n)));
      replicationFactor.ifPresent(
          n -> options.set(Catalogue.REPLICATION_FACTOR.name(), Integer.toString(n)));
      return options.load(around.environment());
    }

    /// Prints what differs, then lets the command act on it.
    ///
    /// @param change whether the command changes the cluster
    int compare(Surroundings around, boolean change, Act act) {
      Logging.onlyErrorsOfKafka();
      acls.principals();
      var configuration = load(around);
      try (var admin = Clusters.admin(configuration)) {
        var topics = Clusters.topics(configuration, admin);
        var plan = TopicPlan.of(admin, topics, configuration.get(Catalogue.REPLICATION_FACTOR));
        plan.steps().forEach(step -> around.out().println(step.describe()));
        long left = act.differencesLeft(admin, plan);
        if (left == 0) {
          around.out().printf("all %d topics are as needed%n", topics.all().size());
        }
        left += acls.compare(around, configuration, admin, change);
        return left == 0 ? ExitStatus.DONE : ExitStatus.FINDING_OR_FAILURE;
      }
    }
  }

  /// What a subcommand does about the differences.
  @FunctionalInterface
  interface Act {
    long differencesLeft(Admin admin, TopicPlan plan);
  }

  @Command(
      name = "plan",
      mixinStandardHelpOptions = true,
      description = "Show what apply would change.",
      exitCodeList = {"0:nothing differs", "1:something differs, or Kafka cannot be reached"},
      footer = "  halfsecond topics plan --partitions 24 --replication-factor 3")
  static final class Plan implements Callable<Integer>, InRole {
    private final Surroundings around;

    @Mixin private Wish wish = new Wish();

    Plan(Surroundings around) {
      this.around = around;
    }

    @Override
    public ClusterRole role() {
      return ClusterRole.ADMINISTRATOR;
    }

    @Override
    public KafkaOptions kafka() {
      return wish.options;
    }

    @Override
    public Integer call() {
      return wish.compare(around, false, (_, plan) -> plan.steps().size());
    }
  }

  @Command(
      name = "apply",
      mixinStandardHelpOptions = true,
      description = {
        "Create missing topics, set configurations, raise the partitions of unused topics; with"
            + " --acls, allow what each role needs.",
        "Never reduces or removes anything. Raising the partitions of topics in use is a procedure"
            + " of its own, with halfsecond topics copy."
      },
      exitCodeList = {
        "0:the topics are as needed",
        "1:a difference is left, or Kafka cannot be reached"
      },
      footer = {
        "  halfsecond topics apply --replication-factor 3",
        "  halfsecond topics apply --acls --collectors User:collector --topology User:topology"
      })
  static final class Apply implements Callable<Integer>, InRole {
    private final Surroundings around;

    @Mixin private Wish wish = new Wish();

    Apply(Surroundings around) {
      this.around = around;
    }

    @Override
    public ClusterRole role() {
      return ClusterRole.ADMINISTRATOR;
    }

    @Override
    public KafkaOptions kafka() {
      return wish.options;
    }

    @Override
    public Integer call() {
      return wish.compare(
          around,
          true,
          (admin, plan) -> {
            plan.apply(admin);
            long left = plan.steps().stream().filter(TopicPlan.Leave.class::isInstance).count();
            if (left > 0) {
              around.out().printf("%d differences left%n", left);
            }
            return left;
          });
    }
  }
}
