package io.halfsecond.deploy.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.schemas.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;

class AclPlanTest {
  private static final Topics TOPICS = Topics.defaults();
  private static final Path DOCUMENTED = Path.of("../docs/security.md");

  private static Set<AclBinding> wished(ClusterRole role, String... principals) {
    var named = new EnumMap<ClusterRole, Set<String>>(ClusterRole.class);
    named.put(role, Set.of(principals));
    return AclPlan.wished(TOPICS, "ssh.", "halfsecond", named);
  }

  private static AclBinding topic(
      PatternType pattern, String name, String principal, AclPermissionType type) {
    return new AclBinding(
        new ResourcePattern(ResourceType.TOPIC, name, pattern),
        new AccessControlEntry(principal, "*", AclOperation.READ, type));
  }

  @Test
  void should_document_the_rights_that_it_makes() throws IOException {
    assertThat(Files.readAllLines(DOCUMENTED))
        .containsSubsequence(AclPlan.table(TOPICS, "ssh.", "halfsecond"));
  }

  @Test
  void should_give_rights_on_alerts_as_json_to_topology_and_readers_where_there_are_some() {
    var topics = TOPICS.withAlertsJson();
    var name = topics.alertsJson().orElseThrow().name();

    assertThat(
            AclPlan.table(topics, "ssh.", "halfsecond").stream().filter(row -> row.contains(name)))
        .allSatisfy(row -> assertThat(row).containsAnyOf("| topology |", "| reader |"))
        .hasSize(2);
  }

  @Test
  void should_allow_collectors_to_write_telemetry_and_schemas_and_nothing_else() {
    assertThat(wished(ClusterRole.COLLECTOR, "User:a"))
        .allSatisfy(
            acl -> {
              assertThat(acl.entry().operation()).isEqualTo(AclOperation.WRITE);
              assertThat(acl.entry().principal()).isEqualTo("User:a");
              assertThat(acl.pattern().patternType()).isEqualTo(PatternType.LITERAL);
            })
        .extracting(acl -> acl.pattern().name())
        .containsExactlyInAnyOrder(
            "ssh.auth-timing",
            "ssh.session-cpu",
            "ssh.probe",
            "ssh.self-test",
            "ssh.host-fingerprint",
            "ssh.collector-status",
            "ssh.evidence",
            "ssh.schemas");
  }

  @Test
  void should_give_the_right_to_decide_to_deciders_alone() {
    var who =
        Stream.of(ClusterRole.values())
            .filter(
                role ->
                    wished(role, "User:a").stream()
                        .anyMatch(
                            acl ->
                                acl.pattern().name().equals("ssh.control")
                                    && acl.entry().operation() == AclOperation.WRITE))
            .toList();

    assertThat(who).containsExactly(ClusterRole.DECIDER);
  }

  @Test
  void should_want_no_right_on_the_cluster_and_no_star() {
    assertThat(Stream.of(ClusterRole.values()).flatMap(role -> wished(role, "User:a").stream()))
        .allSatisfy(
            acl -> {
              assertThat(acl.pattern().resourceType()).isNotEqualTo(ResourceType.CLUSTER);
              assertThat(acl.pattern().name()).doesNotContain("*");
            });
  }

  @Test
  void should_find_nothing_when_the_cluster_has_what_is_wished() {
    var wished = wished(ClusterRole.TOPOLOGY, "User:t");

    assertThat(AclPlan.between(TOPICS, wished, wished).describe()).isEmpty();
  }

  @Test
  void should_name_what_is_missing_and_what_is_too_much() {
    // given
    var wished = wished(ClusterRole.READER, "User:r", "User:CN=siem,O=Example");
    var present = new HashSet<>(wished);
    var missing =
        topic(PatternType.LITERAL, "ssh.alerts", "User:CN=siem,O=Example", AclPermissionType.ALLOW);
    assertThat(present.remove(missing)).isTrue();
    var others = new ArrayList<AclBinding>();
    others.add(topic(PatternType.LITERAL, "ssh.alerts", "User:x", AclPermissionType.ALLOW));
    others.add(topic(PatternType.PREFIXED, "ss", "User:y", AclPermissionType.ALLOW));
    others.add(topic(PatternType.LITERAL, "*", "User:z", AclPermissionType.ALLOW));
    others.add(topic(PatternType.LITERAL, "other", "User:x", AclPermissionType.ALLOW));
    others.add(topic(PatternType.PREFIXED, "ssh.o", "User:x", AclPermissionType.ALLOW));
    others.add(topic(PatternType.LITERAL, "ssh.alerts", "User:d", AclPermissionType.DENY));
    present.addAll(others);

    // when
    var plan = AclPlan.between(TOPICS, wished, present);

    // then
    assertThat(plan.describe())
        .containsExactly(
            "+ User:CN=siem,O=Example: Read on topic `ssh.alerts`: missing; allow",
            "! User:x: Read on topic `ssh.alerts`: allowed, and not needed here; left unchanged",
            "! User:y: Read on topics prefixed `ss`: allowed, and not needed here; left unchanged",
            "! User:z: Read on topic `*`: allowed, and not needed here; left unchanged");
  }

  @Test
  void should_write_a_row_for_every_role() {
    assertThat(AclPlan.table(TOPICS, "ssh.", "halfsecond"))
        .hasSameSizeAs(ClusterRole.values())
        .contains(
            "| reader | Read on `ssh.alerts`, `ssh.host-fingerprint`, `ssh.schemas`, groups"
                + " prefixed `halfsecond-alerts-` |");
  }
}
