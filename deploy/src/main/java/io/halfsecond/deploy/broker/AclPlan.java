package io.halfsecond.deploy.broker;

import io.halfsecond.deploy.broker.ClusterRole.Right;
import io.halfsecond.schemas.Topic;
import io.halfsecond.schemas.Topics;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/// The differences between a cluster's access control lists and the rights of [ClusterRole].
///
/// [#between] is pure; [#of] reads a cluster; [#apply] adds what is missing. Nothing is removed: a
/// right that nobody was given here is reported, if it is one on the catalogue's topics.
///
/// @param missing to be made
/// @param extra rights on the catalogue's topics beyond those wished
public record AclPlan(List<AclBinding> missing, List<AclBinding> extra) {
  /// An access control list counts from any address. The client's address is compared as text: a
  /// network or a name of a host would never match.
  private static final String ANYWHERE = "*";

  public AclPlan {
    missing = List.copyOf(missing);
    extra = List.copyOf(extra);
  }

  /// @param principals by role, such as `User:collector`
  /// @param applicationId of the topology
  public static Set<AclBinding> wished(
      Topics topics,
      String prefix,
      String applicationId,
      Map<ClusterRole, Set<String>> principals) {
    var wished = new LinkedHashSet<AclBinding>();
    principals.forEach(
        (role, names) ->
            names.forEach(
                name ->
                    role.rights(topics, prefix, applicationId)
                        .forEach(
                            right ->
                                right
                                    .operations()
                                    .forEach(
                                        operation ->
                                            wished.add(binding(name, right.on(), operation))))));
    return wished;
  }

  private static AclBinding binding(String principal, ResourcePattern on, AclOperation operation) {
    return new AclBinding(
        on, new AccessControlEntry(principal, ANYWHERE, operation, AclPermissionType.ALLOW));
  }

  /// @param present all access control lists of the cluster
  public static AclPlan between(
      Topics topics, Set<AclBinding> wished, Collection<AclBinding> present) {
    Predicate<AclBinding> unwished = acl -> !wished.contains(acl);
    return new AclPlan(
        wished.stream().filter(acl -> !present.contains(acl)).toList(),
        present.stream()
            .filter(unwished.and(acl -> isOn(acl.pattern(), topics)))
            .filter(acl -> acl.entry().permissionType() == AclPermissionType.ALLOW)
            .sorted(Comparator.comparing(AclPlan::describe))
            .toList());
  }

  private static boolean isOn(ResourcePattern pattern, Topics topics) {
    return pattern.resourceType() == ResourceType.TOPIC
        && topics.all().stream()
            .map(Topic::name)
            .anyMatch(
                name ->
                    pattern.patternType() == PatternType.PREFIXED
                        ? name.startsWith(pattern.name())
                        : pattern.name().equals(name)
                            || pattern.name().equals(ResourcePattern.WILDCARD_RESOURCE));
  }

  /// @throws KafkaException if the cluster cannot be asked, or has no authorizer
  public static AclPlan of(Admin admin, Topics topics, Set<AclBinding> wished) {
    return between(
        topics,
        wished,
        ClusterTopics.call(
            "Describe on the cluster",
            () -> admin.describeAcls(AclBindingFilter.ANY).values().get()));
  }

  /// Makes what is missing, and waits until the cluster has done so.
  ///
  /// @throws KafkaException if the cluster refuses
  public void apply(Admin admin) {
    ClusterTopics.call("Alter on the cluster", () -> admin.createAcls(missing).all().get());
  }

  /// What is missing and what is too much, each on one line.
  public List<String> describe() {
    return Stream.concat(
            missing.stream().map(acl -> "+ " + describe(acl) + ": missing; allow"),
            extra.stream()
                .map(
                    acl -> "! " + describe(acl) + ": allowed, and not needed here; left unchanged"))
        .toList();
  }

  private static String describe(AclBinding acl) {
    return "%s: %s".formatted(acl.entry().principal(), words(acl));
  }

  /// The operation and the resource.
  public static String words(AclBinding acl) {
    return "%s on %s".formatted(word(acl.entry().operation()), words(acl.pattern()));
  }

  /// The rights of each role as the rows of a table in Markdown.
  public static List<String> table(Topics topics, String prefix, String applicationId) {
    return Arrays.stream(ClusterRole.values())
        .map(
            role ->
                "| %s | %s |"
                    .formatted(
                        role.word(),
                        String.join(". ", words(role.rights(topics, prefix, applicationId)))))
        .toList();
  }

  /// Rights by their operations: `Read on ..., Write on ...`.
  static List<String> words(List<Right> rights) {
    return rights.stream()
        .collect(
            Collectors.groupingBy(
                right -> operations(right.operations()),
                LinkedHashMap::new,
                Collectors.mapping(right -> words(right.on()), Collectors.joining(", "))))
        .entrySet()
        .stream()
        .map(entry -> entry.getKey() + " on " + entry.getValue().replace("topic `", "`"))
        .toList();
  }

  private static String operations(List<AclOperation> operations) {
    return operations.stream().map(AclPlan::word).collect(Collectors.joining(", "));
  }

  private static String words(ResourcePattern pattern) {
    var kind =
        switch (pattern.resourceType()) {
          case TOPIC -> "topic";
          case GROUP -> "group";
          case TRANSACTIONAL_ID -> "transactional id";
          default -> pattern.resourceType().name().toLowerCase(Locale.ROOT);
        };
    return pattern.patternType() == PatternType.PREFIXED
        ? "%ss prefixed `%s`".formatted(kind, pattern.name())
        : "%s `%s`".formatted(kind, pattern.name());
  }

  /// As in Kafka's documentation: `AlterConfigs`.
  private static String word(AclOperation operation) {
    return Arrays.stream(operation.name().split("_", -1))
        .map(part -> part.charAt(0) + part.substring(1).toLowerCase(Locale.ROOT))
        .collect(Collectors.joining());
  }
}
