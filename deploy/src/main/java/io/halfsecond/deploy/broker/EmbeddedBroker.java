package io.halfsecond.deploy.broker;

import io.halfsecond.deploy.directory.LockedDirectory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Properties;
import java.util.StringJoiner;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Exit;
import org.apache.kafka.common.utils.Time;

/// A Kafka broker in this process: one KRaft node, broker and controller in one, on the loopback
/// address.
///
/// For one host, for demonstrations and for tests: one node, no replication, no encryption. Its
/// data survives restarts if the data directory is kept. It locks the directory before it reads
/// anything there.
///
/// **Assumes** Kafka's `StorageTool` and `KafkaRaftServer` as of 4.3. Neither is public API, and no
/// other class touches them.
public final class EmbeddedBroker implements AutoCloseable {
  private static final String LOOPBACK = "127.0.0.1";

  private final LockedDirectory directory;
  private final KafkaRaftServer server;
  private final int port;

  private EmbeddedBroker(LockedDirectory directory, KafkaRaftServer server, int port) {
    this.directory = directory;
    this.server = server;
    this.port = port;
  }

  /// Starts a broker on a free port.
  ///
  /// @param data directory of everything it keeps; created and formatted if it does not exist
  public static EmbeddedBroker start(Path data) {
    int[] ports = unusedPorts();
    return start(data, ports[0], ports[1]);
  }

  /// Starts a broker on a given port; its controller uses the port two above, because 9093 is
  /// Alertmanager's.
  ///
  /// @param data as in [#start(Path)]
  /// @param port 1 to 65533
  public static EmbeddedBroker start(Path data, int port) {
    if (port < 1 || port > 65533) {
      throw new IllegalArgumentException(
          "port of the embedded broker must be 1 to 65533, not " + port);
    }
    return start(data, port, port + 2);
  }

  private static EmbeddedBroker start(Path data, int port, int controllerPort) {
    try {
      var directory = LockedDirectory.of(data);
      try {
        return new EmbeddedBroker(directory, server(directory.path(), port, controllerPort), port);
      } catch (IOException | RuntimeException e) {
        directory.close();
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("embedded broker: " + e.getMessage(), e);
    }
  }

  private static KafkaRaftServer server(Path data, int port, int controllerPort)
      throws IOException {
    // No other user may read the telemetry; Kafka leaves file modes to the umask.
    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx------"));
    var properties = properties(data, port, controllerPort);
    if (Files.notExists(data.resolve("meta.properties"))) {
      format(data, properties);
    }
    var server = new KafkaRaftServer(KafkaConfig.fromProps(properties, false), Time.SYSTEM);
    server.startup();
    return server;
  }

  /// Sets what is done before a broker ends this process, which it does at once when it cannot go
  /// on, for example because its disk is full.
  public static void beforeHalt(Runnable last) {
    Exit.setHaltProcedure(
        (status, _) -> {
          last.run();
          Runtime.getRuntime().halt(status);
        });
  }

  /// `host:port`, for clients.
  public String bootstrapServers() {
    return LOOPBACK + ":" + port;
  }

  /// Stops the broker and waits for it.
  @Override
  public void close() {
    server.shutdown();
    server.awaitShutdown();
    directory.close();
  }

  /// Two ports that are free now; bound at the same time, so that they differ.
  private static int[] unusedPorts() {
    var loopback = InetAddress.ofLiteral(LOOPBACK);
    try (var one = new ServerSocket(0, 1, loopback);
        var other = new ServerSocket(0, 1, loopback)) {
      return new int[] {one.getLocalPort(), other.getLocalPort()};
    } catch (IOException e) {
      throw new UncheckedIOException("no free port on " + LOOPBACK, e);
    }
  }

  private static Properties properties(Path data, int port, int controllerPort) {
    var p = new Properties();
    p.setProperty("process.roles", "broker,controller");
    p.setProperty("node.id", "1");
    var listeners =
        "PLAINTEXT://%s:%d,CONTROLLER://%s:%d".formatted(LOOPBACK, port, LOOPBACK, controllerPort);
    p.setProperty("listeners", listeners);
    p.setProperty("advertised.listeners", listeners);
    p.setProperty("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    p.setProperty("controller.listener.names", "CONTROLLER");
    p.setProperty("controller.quorum.bootstrap.servers", LOOPBACK + ":" + controllerPort);
    p.setProperty("log.dirs", data.toString());
    p.setProperty("auto.create.topics.enable", "false");

    p.setProperty("offsets.topic.replication.factor", "1");
    p.setProperty("transaction.state.log.replication.factor", "1");
    p.setProperty("transaction.state.log.min.isr", "1");
    p.setProperty("share.coordinator.state.topic.replication.factor", "1");
    p.setProperty("share.coordinator.state.topic.min.isr", "1");

    // One partition of each internal topic instead of 50, small buffers, few threads: ready in 2.5
    // s instead of
    // 3 s and 200 MB instead of 330 MB.
    p.setProperty("offsets.topic.num.partitions", "1");
    p.setProperty("transaction.state.log.num.partitions", "1");
    p.setProperty("share.coordinator.state.topic.num.partitions", "1");
    p.setProperty("log.cleaner.dedupe.buffer.size", "2097152");
    p.setProperty("num.network.threads", "1");
    p.setProperty("num.io.threads", "2");
    p.setProperty("background.threads", "2");
    // The default makes every first consumer wait 3 s for others that do not exist.
    p.setProperty("group.initial.rebalance.delay.ms", "0");
    return p;
  }

  private static void format(Path data, Properties properties) throws IOException {
    var file = Files.createTempFile("halfsecond-broker", ".properties");
    try {
      try (var out = Files.newBufferedWriter(file)) {
        properties.store(out, null);
      }
      var said = new ByteArrayOutputStream();
      String[] arguments = {
        "format",
        "--standalone",
        "--cluster-id",
        Uuid.randomUuid().toString(),
        "--config",
        file.toString()
      };
      int status =
          StorageTool.execute(arguments, new PrintStream(said, true, StandardCharsets.UTF_8));
      if (status != 0) {
        throw new IOException("formatting " + data + " failed: " + oneLine(said));
      }
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private static String oneLine(ByteArrayOutputStream said) {
    var line = new StringJoiner("; ");
    said.toString(StandardCharsets.UTF_8).lines().forEach(line::add);
    return line.toString();
  }
}
