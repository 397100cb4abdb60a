package io.halfsecond.deploy.broker;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Consumer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.authorizer.StandardAuthorizer;

/// A broker as in the documented production set-up: TLS, one listener with SCRAM and one with
/// mutual TLS, and access control lists. A third listener has SCRAM without TLS. Whoever is not
/// named has no right.
///
/// Its certificates are made by keytool, in the directory of its data.
public final class SecuredBroker implements AutoCloseable {
  /// The user who may do everything.
  public static final String ADMIN = "admin";

  private static final String LOOPBACK = "127.0.0.1";

  private final KafkaRaftServer server;
  private final Certificates certificates;
  private final int scramPort;
  private final int tlsPort;
  private final int plainPort;

  private SecuredBroker(
      KafkaRaftServer server,
      Certificates certificates,
      int scramPort,
      int tlsPort,
      int plainPort) {
    this.server = server;
    this.certificates = certificates;
    this.scramPort = scramPort;
    this.tlsPort = tlsPort;
    this.plainPort = plainPort;
  }

  /// @param users of SCRAM, whose password is [#password]
  /// @param hosts that get certificates, with their name as common name
  public static SecuredBroker start(Path directory, List<String> users, List<String> hosts)
      throws IOException {
    return start(directory, users, hosts, _ -> {});
  }

  /// @param change of its settings, such as other certificates
  static SecuredBroker start(
      Path directory, List<String> users, List<String> hosts, Consumer<Properties> change)
      throws IOException {
    var certificates = Certificates.in(directory.resolve("certificates"));
    certificates.make("broker", List.of(LOOPBACK));
    hosts.forEach(host -> certificates.make(host, List.of(LOOPBACK)));
    var loopback = InetAddress.ofLiteral(LOOPBACK);
    int[] ports = new int[4];
    try (var one = new ServerSocket(0, 1, loopback);
        var two = new ServerSocket(0, 1, loopback);
        var three = new ServerSocket(0, 1, loopback);
        var four = new ServerSocket(0, 1, loopback)) {
      ports[0] = one.getLocalPort();
      ports[1] = two.getLocalPort();
      ports[2] = three.getLocalPort();
      ports[3] = four.getLocalPort();
    }
    var properties = properties(directory.resolve("data"), certificates, ports);
    change.accept(properties);
    format(directory, properties, users);
    var server = new KafkaRaftServer(KafkaConfig.fromProps(properties, false), Time.SYSTEM);
    var broker = new SecuredBroker(server, certificates, ports[0], ports[1], ports[3]);
    try {
      server.startup();
    } catch (RuntimeException e) {
      broker.close();
      throw e;
    }
    return broker;
  }

  /// The client settings of a user of SCRAM, as lines of the configuration file. The password is in
  /// a file of its own.
  ///
  /// @param jaas holds the user's login
  public String asUser(Path jaas) {
    return """
    kafka:
      bootstrap.servers: %s:%d
      security.protocol: SASL_SSL
      sasl.mechanism: SCRAM-SHA-512
      sasl.jaas.config-file: %s
      ssl.truststore.type: PEM
      ssl.truststore.location: %s
    """
        .formatted(LOOPBACK, scramPort, jaas, certificates.authority());
  }

  /// `HOST:PORT` of the listener with TLS and users.
  String tlsWithUsers() {
    return LOOPBACK + ":" + scramPort;
  }

  /// `HOST:PORT` of the listener with mutual TLS.
  String mutualTls() {
    return LOOPBACK + ":" + tlsPort;
  }

  /// `HOST:PORT` of the listener with users and without TLS.
  String plainWithUsers() {
    return LOOPBACK + ":" + plainPort;
  }

  /// Client settings that trust its certificates.
  Map<String, String> trust() {
    return Map.of(
        "ssl.truststore.type",
        "PEM",
        "ssl.truststore.location",
        certificates.authority().toString());
  }

  /// The certificate that signed its own.
  public Path authority() {
    return certificates.authority();
  }

  Certificates certificates() {
    return certificates;
  }

  public static String jaas(String user) {
    return "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"%s\" password=\"%s\";"
        .formatted(user, password(user));
  }

  /// The client settings of a host with a certificate.
  ///
  /// @param password holds the password of the key store
  public String asHost(String host, Path password) {
    return """
    kafka:
      bootstrap.servers: %s:%d
      security.protocol: SSL
      ssl.keystore.type: PKCS12
      ssl.keystore.location: %s
      ssl.keystore.password-file: %s
      ssl.truststore.type: PEM
      ssl.truststore.location: %s
    """
        .formatted(LOOPBACK, tlsPort, certificates.store(host), password, certificates.authority());
  }

  private static String password(String user) {
    return "of-" + user;
  }

  private static Properties properties(Path data, Certificates certificates, int[] ports) {
    var p = new Properties();
    p.putAll(
        Map.ofEntries(
            Map.entry("process.roles", "broker,controller"),
            Map.entry("node.id", "1"),
            Map.entry(
                "listeners",
                "SCRAM://127.0.0.1:%d,MTLS://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d,PLAIN://127.0.0.1:%d"
                    .formatted(ports[0], ports[1], ports[2], ports[3])),
            Map.entry(
                "listener.security.protocol.map",
                "SCRAM:SASL_SSL,MTLS:SSL,CONTROLLER:PLAINTEXT,PLAIN:SASL_PLAINTEXT"),
            Map.entry("inter.broker.listener.name", "MTLS"),
            Map.entry("controller.listener.names", "CONTROLLER"),
            Map.entry("controller.quorum.bootstrap.servers", "127.0.0.1:" + ports[2]),
            Map.entry("log.dirs", data.toString()),
            Map.entry("auto.create.topics.enable", "false"),
            Map.entry("sasl.enabled.mechanisms", "SCRAM-SHA-512"),
            Map.entry(
                "listener.name.scram.scram-sha-512.sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required;"),
            Map.entry(
                "listener.name.plain.scram-sha-512.sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required;"),
            Map.entry("listener.name.mtls.ssl.client.auth", "required"),
            Map.entry("ssl.keystore.type", "PKCS12"),
            Map.entry("ssl.keystore.location", certificates.store("broker").toString()),
            Map.entry("ssl.keystore.password", Certificates.PASSWORD),
            Map.entry("ssl.truststore.type", "PEM"),
            Map.entry("ssl.truststore.location", certificates.authority().toString()),
            Map.entry("authorizer.class.name", StandardAuthorizer.class.getName()),
            // The controller's listener, which only the broker itself knows, is without a name.
            Map.entry("super.users", "User:admin;User:CN=broker;User:ANONYMOUS"),
            Map.entry("offsets.topic.replication.factor", "1"),
            Map.entry("transaction.state.log.replication.factor", "1"),
            Map.entry("transaction.state.log.min.isr", "1"),
            Map.entry("offsets.topic.num.partitions", "1"),
            Map.entry("transaction.state.log.num.partitions", "1"),
            Map.entry("log.cleaner.dedupe.buffer.size", "2097152"),
            Map.entry("group.initial.rebalance.delay.ms", "0")));
    return p;
  }

  private static void format(Path directory, Properties properties, List<String> users)
      throws IOException {
    var file = directory.resolve("broker.properties");
    try (var out = Files.newBufferedWriter(file)) {
      properties.store(out, null);
    }
    var arguments =
        new ArrayList<>(
            List.of(
                "format",
                "--standalone",
                "--cluster-id",
                Uuid.randomUuid().toString(),
                "--config",
                file.toString()));
    for (var user : users) {
      arguments.add("--add-scram");
      arguments.add("SCRAM-SHA-512=[name=%s,password=%s]".formatted(user, password(user)));
    }
    var said = new ByteArrayOutputStream();
    int status =
        StorageTool.execute(arguments.toArray(String[]::new), new PrintStream(said, true, UTF_8));
    if (status != 0) {
      throw new IOException("formatting failed: " + said.toString(UTF_8));
    }
  }

  @Override
  public void close() {
    server.shutdown();
    server.awaitShutdown();
  }
}
