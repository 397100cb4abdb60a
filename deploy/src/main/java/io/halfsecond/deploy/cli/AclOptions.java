package io.halfsecond.deploy.cli;

import io.halfsecond.deploy.broker.AclPlan;
import io.halfsecond.deploy.broker.ClusterRole;
import io.halfsecond.deploy.config.Catalogue;
import io.halfsecond.deploy.config.Configuration;
import io.halfsecond.deploy.service.Clusters;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Who has which role, for the access control lists of the topics. A principal of mutual TLS has
/// commas in its name, so an option that names several is repeated.
final class AclOptions {
  /// `User:*` would be everybody, and a star elsewhere nobody.
  private static final Pattern PRINCIPAL = Pattern.compile("User:[^*]+");

  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init") // picocli sets it before the command is called
  private CommandSpec spec;

  @Option(
      names = "--acls",
      description = "Compare the access control lists too, for the principals named below.")
  private boolean acls;

  @Option(
      names = "--collectors",
      paramLabel = "User:NAME",
      description = "A principal of collectors; may be repeated.")
  private List<String> collectors = new ArrayList<>();

  @Option(
      names = "--topology",
      paramLabel = "User:NAME",
      description = "The principal of halfsecond stream; may be repeated.")
  private List<String> topology = new ArrayList<>();

  @Option(
      names = "--readers",
      paramLabel = "User:NAME",
      description = "A principal that reads alerts and fingerprints; may be repeated.")
  private List<String> readers = new ArrayList<>();

  @Option(
      names = "--auditors",
      paramLabel = "User:NAME",
      description = "A principal that reads connections and sessions; may be repeated.")
  private List<String> auditors = new ArrayList<>();

  @Option(
      names = "--deciders",
      paramLabel = "User:NAME",
      description = "A principal that decides about alerts; may be repeated.")
  private List<String> deciders = new ArrayList<>();

  @Option(
      names = "--administrators",
      paramLabel = "User:NAME",
      description = "A principal that may change the topics; may be repeated.")
  private List<String> administrators = new ArrayList<>();

  /// Prints what differs; makes what is missing if `change` is set.
  ///
  /// @return how many differences are left
  long compare(Surroundings around, Configuration configuration, Admin admin, boolean change) {
    if (!acls) {
      return 0;
    }
    var topics = Clusters.topics(configuration);
    var wished =
        AclPlan.wished(
            topics,
            configuration.get(Catalogue.TOPIC_PREFIX),
            configuration.get(Catalogue.APPLICATION_ID),
            principals());
    var plan = AclPlan.of(admin, topics, wished);
    plan.describe().forEach(around.out()::println);
    if (change) {
      plan.apply(admin);
    }
    long left = plan.extra().size();
    left += change ? 0 : plan.missing().size();
    if (left == 0) {
      around.out().printf("all %d access control lists are as needed%n", wished.size());
    }
    return left;
  }

  /// @throws ParameterException if a principal is none, or none is given
  Map<ClusterRole, Set<String>> principals() {
    var principals = new EnumMap<ClusterRole, Set<String>>(ClusterRole.class);
    principals.put(ClusterRole.ADMINISTRATOR, new LinkedHashSet<>(administrators));
    principals.put(ClusterRole.COLLECTOR, new LinkedHashSet<>(collectors));
    principals.put(ClusterRole.TOPOLOGY, new LinkedHashSet<>(topology));
    principals.put(ClusterRole.READER, new LinkedHashSet<>(readers));
    principals.put(ClusterRole.AUDITOR, new LinkedHashSet<>(auditors));
    principals.put(ClusterRole.DECIDER, new LinkedHashSet<>(deciders));
    boolean none = principals.values().stream().allMatch(Set::isEmpty);
    if (!acls && none) {
      return principals;
    }
    if (!acls || none) {
      throw new ParameterException(
          spec.commandLine(),
          acls
              ? "--acls needs at least one of --collectors, --topology, --readers, --auditors,"
                  + " --deciders and --administrators"
              : "principals go with --acls");
    }
    principals
        .values()
        .forEach(
            names ->
                names.stream()
                    .filter(name -> !PRINCIPAL.matcher(name).matches())
                    .findFirst()
                    .ifPresent(
                        wrong -> {
                          throw new ParameterException(
                              spec.commandLine(),
                              "'%s' is not a principal: it must be User: and a name without a star"
                                  .formatted(wrong));
                        }));
    return principals;
  }
}
