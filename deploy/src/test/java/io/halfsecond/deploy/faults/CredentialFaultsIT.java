package io.halfsecond.deploy.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.deploy.broker.AclPlan;
import io.halfsecond.deploy.broker.ClusterRole;
import io.halfsecond.deploy.broker.SecuredBroker;
import io.halfsecond.deploy.broker.TopicPlan;
import io.halfsecond.deploy.config.Configuration;
import io.halfsecond.deploy.ops.Daemon;
import io.halfsecond.deploy.service.Clusters;
import io.halfsecond.schemas.Topics;
import io.halfsecond.schemas.auth.SecretFile;
import io.halfsecond.streams.StreamsSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialAlteration;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.acl.AccessControlEntryFilter;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.ResourcePatternFilter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A collector and a topology as processes, whose users and rights are made after they were
/// started.
class CredentialFaultsIT {
  private static final Topics TOPICS = Topics.of("ssh.", 2);
  private static final List<String> USERS = List.of("collector", "topology");

  @TempDir private Path directory = Path.of("");
  private final FaultTable table = FaultTable.ofThisRun();

  @Test
  void should_wait_for_user_and_rights_and_go_on_by_themselves() throws Exception {
    Files.writeString(directory.resolve("auth.log"), "");
    try (var broker =
            SecuredBroker.start(
                Files.createDirectories(directory.resolve("broker")),
                List.of(SecuredBroker.ADMIN),
                List.of());
        var admin = admin(broker)) {
      TopicPlan.of(admin, TOPICS, 1).apply(admin);
      try (var collector = program(broker, "collector", "collect", "collector");
          var topology = program(broker, "topology", "stream", "stream")) {
        // when: the brokers do not know their users
        collector.start();
        topology.start();

        // then
        awaitWaiting(collector, "authentication", "kafka.sasl");
        awaitWaiting(topology, "authentication", "kafka.sasl");

        // when
        admin
            .alterUserScramCredentials(
                USERS.stream()
                    .<UserScramCredentialAlteration>map(
                        user ->
                            new UserScramCredentialUpsertion(
                                user,
                                new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4_096),
                                "of-" + user))
                    .toList())
            .all()
            .get();

        // then: they have no rights
        awaitWaiting(collector, "authorization", "--collectors=User:collector");
        awaitWaiting(topology, "authorization", "--topology=User:topology");

        // when
        AclPlan.of(
                admin,
                TOPICS,
                AclPlan.wished(
                    TOPICS,
                    "ssh.",
                    StreamsSettings.DEFAULT_APPLICATION_ID,
                    Map.of(
                        ClusterRole.COLLECTOR,
                        Set.of("User:collector"),
                        ClusterRole.TOPOLOGY,
                        Set.of("User:topology"))))
            .apply(admin);
        var granted = Instant.now();

        // then
        collector.await("it goes on", collector::ready);
        topology.await("it goes on", topology::ready);
        table.add(
            "users and rights made after collector and topology were started",
            new FaultTable.Row(0, 0, 0, 0, 0, 0, 0, Duration.between(granted, Instant.now())));

        // when: a right is taken away without which it works, and its topics grow
        topology.stop();
        admin
            .deleteAcls(
                List.of(
                    new AclBindingFilter(
                        ResourcePatternFilter.ANY,
                        new AccessControlEntryFilter(
                            "User:topology", null, AclOperation.DELETE, AclPermissionType.ANY))))
            .all()
            .get();
        topology.start();

        // then
        topology.await("it works", topology::ready);
        topology.await("it says so", () -> topology.said().contains("lacks Delete"));
        assertThat(topology.said())
            .contains("User:topology lacks Delete on topics prefixed `halfsecond-`");
      }
    }
  }

  private static void awaitWaiting(Program program, String reason, String words) {
    program.await(
        "it waits for " + reason,
        () -> program.waitsFor(reason) && program.waitsFor().contains(words));
    assertThat(program.healthy()).isTrue();
  }

  private Admin admin(SecuredBroker broker) throws IOException {
    return Clusters.admin(
        Configuration.load(
            Optional.of(configure(broker, SecuredBroker.ADMIN, "")), Map.of(), Map.of()));
  }

  private Program program(SecuredBroker broker, String user, String command, String part)
      throws IOException {
    var http = "127.0.0.1:" + Daemon.freePort();
    var own =
        """
        %s:
          http: %s
          state-directory: %s
        """
            .formatted(part, http, directory.resolve(part));
    if (part.equals("collector")) {
      own +=
          """
            kernel: false
            log-file: %s
            probe: false
            self-test: false
            inventory: false
            heartbeat: 1s
          """
              .formatted(directory.resolve("auth.log"));
    }
    return Program.halfsecond(
        List.of(),
        directory.resolve(user + ".log"),
        http,
        List.of(command, "--config=" + configure(broker, user, own)));
  }

  private Path configure(SecuredBroker broker, String user, String own) throws IOException {
    var jaas = directory.resolve(user + ".jaas");
    SecretFile.create(jaas, SecuredBroker.jaas(user).getBytes(UTF_8));
    return Files.writeString(
        directory.resolve(user + ".yaml"),
        broker.asUser(jaas)
            + "topics: {prefix: ssh., partitions: 2, replication-factor: 1}\n"
            + own);
  }
}
