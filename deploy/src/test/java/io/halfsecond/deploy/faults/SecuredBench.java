package io.halfsecond.deploy.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.halfsecond.deploy.broker.AclPlan;
import io.halfsecond.deploy.broker.ClusterRole;
import io.halfsecond.deploy.broker.SecuredBroker;
import io.halfsecond.deploy.broker.TopicPlan;
import io.halfsecond.deploy.config.Catalogue;
import io.halfsecond.deploy.config.Configuration;
import io.halfsecond.deploy.service.Clusters;
import io.halfsecond.schemas.Topics;
import io.halfsecond.schemas.auth.AuthenticationKey;
import io.halfsecond.schemas.auth.FleetSecrets;
import io.halfsecond.schemas.auth.KeySealer;
import io.halfsecond.schemas.auth.Role;
import io.halfsecond.schemas.auth.Sealer;
import io.halfsecond.schemas.auth.SecretFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.admin.Admin;

/// A cluster as docs/security.md sets it up: a user for each role, access control lists, and
/// records that carry codes. One user is a collector that has fallen into wrong hands.
final class SecuredBench implements Cluster, AutoCloseable {
  /// The collector that has fallen into wrong hands, as user and as host.
  static final String HOSTILE = "hostile";

  private static final String TOPOLOGY = "topology";

  private final Path directory;
  private final SecuredBroker broker;
  private final Path secretsFile;
  private final FleetSecrets secrets;
  private final Map<String, AuthenticationKey> keys = new ConcurrentHashMap<>();
  private int users;

  SecuredBench(Path directory) throws IOException {
    this.directory = directory;
    broker =
        SecuredBroker.start(
            Files.createDirectories(directory.resolve("broker")),
            List.of(SecuredBroker.ADMIN, TOPOLOGY, HOSTILE),
            List.of());
    secretsFile = directory.resolve("fleet.secrets");
    FleetSecrets.addTo(secretsFile, LocalDate.now(ZoneOffset.UTC), new SecureRandom());
    secrets = FleetSecrets.read(secretsFile);
    for (var user : List.of(SecuredBroker.ADMIN, TOPOLOGY, HOSTILE)) {
      var jaas = directory.resolve(user + ".jaas");
      SecretFile.create(jaas, SecuredBroker.jaas(user).getBytes(UTF_8));
      Files.writeString(
          configuration(user),
          broker.asUser(jaas)
              + """
              topics: {replication-factor: 1}
              stream: {authentication: required, authentication-secrets-file: %s}
              """
                  .formatted(secretsFile));
    }
  }

  private Path configuration(String user) {
    return directory.resolve(user + ".yaml");
  }

  /// Settings of a client of Kafka who is that user.
  Map<String, Object> client(String user) {
    var read = Configuration.load(Optional.of(configuration(user)), Map.of(), Map.of());
    var client = new HashMap<String, Object>(read.kafka());
    client.put("bootstrap.servers", read.get(Catalogue.BOOTSTRAP_SERVERS));
    return client;
  }

  Admin admin() {
    return Clusters.admin(
        Configuration.load(Optional.of(configuration(SecuredBroker.ADMIN)), Map.of(), Map.of()));
  }

  @Override
  public Path directory() {
    return directory;
  }

  @Override
  public int next() {
    return ++users;
  }

  @Override
  public Map<String, Object> client() {
    return client(SecuredBroker.ADMIN);
  }

  /// With the key of whichever host.
  @Override
  public Sealer sealer() {
    return (topic, host, value) -> new KeySealer(() -> key(host)).seal(topic, host, value);
  }

  private AuthenticationKey key(String host) {
    return keys.computeIfAbsent(host, name -> secrets.issue(Role.HOST, name));
  }

  @Override
  public List<String> arguments() {
    return List.of("--config=" + configuration(TOPOLOGY));
  }

  /// Makes topics and rights, as `topics apply --acls` does.
  @Override
  public Topics topics(String prefix) {
    var topics = Topics.of(prefix, PARTITIONS);
    try (var admin = admin()) {
      TopicPlan.of(admin, topics, 1).apply(admin);
      AclPlan.of(
              admin,
              topics,
              AclPlan.wished(
                  topics,
                  prefix,
                  TopologyUnderTest.applicationId(prefix),
                  Map.of(
                      ClusterRole.COLLECTOR,
                      Set.of("User:" + HOSTILE),
                      ClusterRole.TOPOLOGY,
                      Set.of("User:" + TOPOLOGY))))
          .apply(admin);
    }
    return topics;
  }

  @Override
  public void close() {
    broker.close();
  }
}
