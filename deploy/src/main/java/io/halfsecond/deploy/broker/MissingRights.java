package io.halfsecond.deploy.broker;

import io.halfsecond.deploy.broker.ClusterRole.Right;
import io.halfsecond.schemas.Topic;
import io.halfsecond.schemas.Topics;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;

/// What a user lacks for a role, in the words of the table of rights, and the command that grants
/// it.
///
/// @param principal of the user; empty if the settings of the client do not name it
/// @param needed all rights of the role
/// @param rights those of them that are missing, as far as the cluster tells
public record MissingRights(
    ClusterRole role, Optional<String> principal, List<Right> needed, List<Right> rights) {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9:=,._@/-]+");

  public MissingRights {
    needed = List.copyOf(needed);
    rights = List.copyOf(rights);
  }

  /// Asks the cluster.
  ///
  /// @param kafka client settings beyond the bootstrap servers
  /// @throws KafkaException if it cannot be asked
  public static MissingRights of(
      Admin admin,
      ClusterRole role,
      Topics topics,
      String prefix,
      String applicationId,
      Map<String, String> kafka) {
    var needed = role.rights(topics, prefix, applicationId);
    return new MissingRights(
        role, principal(kafka), needed, OwnRights.of(admin, needed).missing(needed));
  }

  /// As above, for the role of which the user lacks least.
  ///
  /// @param roles the first of those that are equal counts
  public static MissingRights ofLikeliestRole(
      Admin admin,
      List<ClusterRole> roles,
      Topics topics,
      String prefix,
      String applicationId,
      Map<String, String> kafka) {
    var all =
        roles.stream()
            .flatMap(role -> role.rights(topics, prefix, applicationId).stream())
            .distinct()
            .toList();
    var own = OwnRights.of(admin, all);
    var role =
        roles.stream()
            .sorted(
                Comparator.comparingDouble(
                    each -> -own.share(each.rights(topics, prefix, applicationId))))
            .findFirst()
            .orElseThrow();
    var needed = role.rights(topics, prefix, applicationId);
    return new MissingRights(role, principal(kafka), needed, own.missing(needed));
  }

  /// `User:NAME`, as brokers know the user of these client settings if they do not map names.
  public static Optional<String> principal(Map<String, String> kafka) {
    return new Client("localhost:9092", kafka).user().map(name -> "User:" + name);
  }

  /// Those that are still missing if there is nothing to create.
  public MissingRights butToCreate() {
    return new MissingRights(
        role,
        principal,
        needed,
        rights.stream()
            .filter(right -> !right.operations().equals(List.of(AclOperation.CREATE)))
            .toList());
  }

  /// Those without which work stops.
  public MissingRights essential() {
    return new MissingRights(
        role, principal, needed, rights.stream().filter(Right::essential).toList());
  }

  public boolean none() {
    return rights.isEmpty();
  }

  /// Whether the role has the right to write a topic, and the user does not lack it.
  public boolean mayWrite(Topic<?> topic) {
    return writes(needed, topic) && !writes(rights, topic);
  }

  private static boolean writes(List<Right> rights, Topic<?> topic) {
    return rights.stream()
        .anyMatch(
            right ->
                right.on().resourceType() == ResourceType.TOPIC
                    && right.on().name().equals(topic.name())
                    && right.operations().contains(AclOperation.WRITE));
  }

  /// What is missing and for whom, on one line.
  public String what() {
    return "%s lacks %s"
        .formatted(principal.orElse("this user"), String.join(" and ", AclPlan.words(rights)));
  }

  /// The command that grants them.
  public String remedy() {
    return remedy(role, principal);
  }

  /// The command that grants a role its rights.
  public static String remedy(ClusterRole role, Optional<String> principal) {
    return "grant it as an administrator: halfsecond topics apply --acls %s=%s"
        .formatted(role.option(), principal.map(MissingRights::quoted).orElse("User:NAME"));
  }

  /// As a shell takes it.
  private static String quoted(String principal) {
    return PLAIN.matcher(principal).matches()
        ? principal
        : "'" + principal.replace("'", "'\\''") + "'";
  }

  /// All roles as a person asks for their rights: who may do everything is no administrator only.
  public static List<ClusterRole> roles() {
    return Arrays.stream(ClusterRole.values())
        .sorted(Comparator.comparing(role -> role == ClusterRole.ADMINISTRATOR))
        .toList();
  }
}
