package io.halfsecond.deploy.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Holds the unit between two failures: hardening that blinds the collector, and privileges that it
/// does not need.
class SystemdUnitTest {
  private static final Set<String> OFF = Set.of("no", "false", "off", "0");

  private static Map<String, List<String>> service() {
    return Unit.read(Unit.COLLECTOR).values();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"PrivateNetwork", "PrivateUsers", "PrivatePIDs", "MemoryDenyWriteExecute"})
  void should_not_be_hardened_into_blindness(String setting) {
    assertThat(service().getOrDefault(setting, List.of("no"))).isSubsetOf(OFF);
  }

  @Test
  void should_see_the_processes_of_sshd() {
    assertThat(service().getOrDefault("ProtectProc", List.of("default")))
        .containsExactly("default");
    assertThat(service().getOrDefault("ProcSubset", List.of("all"))).containsExactly("all");
  }

  @Test
  void should_hold_the_one_capability_that_the_kernel_demands() {
    assertThat(service().get("CapabilityBoundingSet")).containsExactly("CAP_NET_ADMIN");
    assertThat(service().get("AmbientCapabilities")).containsExactly("CAP_NET_ADMIN");
  }

  @Test
  void should_reach_netlink_kafka_and_the_journal_and_nothing_else() {
    assertThat(service().getOrDefault("RestrictAddressFamilies", List.of()))
        .flatExtracting(families -> List.of(families.split(" ")))
        .containsExactlyInAnyOrder("AF_NETLINK", "AF_INET", "AF_INET6", "AF_UNIX");
    assertThat(service().getOrDefault("SupplementaryGroups", List.of()))
        .flatExtracting(groups -> List.of(groups.split(" ")))
        .containsExactlyInAnyOrder("systemd-journal", "adm");
  }

  @ParameterizedTest
  @CsvSource({
    "NoNewPrivileges, yes",
    "ProtectSystem, strict",
    "ProtectHome, yes",
    "PrivateTmp, yes",
    "PrivateDevices, yes",
    "ProtectKernelTunables, yes",
    "ProtectKernelModules, yes",
    "ProtectKernelLogs, yes",
    "ProtectControlGroups, yes",
    "ProtectClock, yes",
    "ProtectHostname, yes",
    "RestrictNamespaces, yes",
    "RestrictRealtime, yes",
    "RestrictSUIDSGID, yes",
    "LockPersonality, yes",
    "SystemCallArchitectures, native",
    "DynamicUser, yes",
    "UMask, 0077"
  })
  void should_be_hardened_where_that_costs_nothing(String setting, String value) {
    assertThat(service()).containsEntry(setting, List.of(value));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"MemoryMax", "CPUQuota", "Nice", "TasksMax", "StateDirectory", "SystemCallFilter"})
  void should_have_a_limit(String setting) {
    assertThat(service()).containsKey(setting);
  }

  @Test
  void should_start_what_the_package_installs() {
    assertThat(service())
        .containsEntry(
            "ExecStart", List.of("/usr/lib/halfsecond-collector/bin/halfsecond collect"));
  }

  /// An orderly end has status 0; 143 is one that took longer than the command allows itself, and a
  /// failure.
  @Test
  void should_wait_for_an_orderly_end() {
    assertThat(service())
        .containsEntry("TimeoutStopSec", List.of("60s"))
        .doesNotContainKey("SuccessExitStatus");
  }

  @Test
  void should_come_back_whatever_ends_it() {
    assertThat(service()).containsEntry("Restart", List.of("always"));
  }

  /// What has no part in its work, as in the unit of the topology.
  @Test
  void should_harden_push_as_the_topology() {
    var settings = new TreeMap<>(Unit.read(Unit.TOPOLOGY).values());
    settings.put("EnvironmentFile", List.of("-/etc/halfsecond/push.env"));
    settings.put("ExecStart", List.of("/usr/lib/halfsecond/bin/halfsecond push"));
    var ownLimits = Set.of("MemoryHigh", "TasksMax", "LimitNOFILE", "WatchdogSec");
    settings.keySet().removeAll(ownLimits);
    // The topic has what waits.
    settings.keySet().removeAll(Set.of("StateDirectory", "StateDirectoryMode"));

    var push = new TreeMap<>(Unit.read(Unit.PUSH).values());
    assertThat(push).containsKeys(ownLimits.toArray(String[]::new));
    push.keySet().removeAll(ownLimits);
    assertThat(push).isEqualTo(settings);
  }

  /// It reads Kafka and writes its stores, and has no right of root's for either.
  @Test
  void should_give_the_topology_no_capability() {
    assertThat(Unit.read(Unit.TOPOLOGY).values())
        .containsEntry("CapabilityBoundingSet", List.of(""))
        .containsEntry("AmbientCapabilities", List.of(""))
        .containsEntry("DynamicUser", List.of("yes"))
        .containsEntry("ProtectSystem", List.of("strict"))
        .containsEntry("ExecStart", List.of("/usr/lib/halfsecond/bin/halfsecond stream"));
  }
}
