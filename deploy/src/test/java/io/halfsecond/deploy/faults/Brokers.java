package io.halfsecond.deploy.faults;

import io.halfsecond.deploy.broker.Certificates;
import io.halfsecond.deploy.service.Clusters;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InterruptException;
import org.awaitility.Awaitility;

/// A Kafka cluster of real processes, each on a machine of its own: broker and controller in one.
final class Brokers implements AutoCloseable {
  private static final int PORT = 9092;
  private static final int CONTROLLER_PORT = 9093;
  private static final int TLS_PORT = 9094;
  private static final String CERTIFICATE = "broker";
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /// One of them.
  record Broker(int id, Network.Machine machine, Program program) {}

  private final List<Broker> all;

  private final Certificates certificates;

  private Brokers(List<Broker> all, Certificates certificates) {
    this.all = all;
    this.certificates = certificates;
  }

  /// @param data where broker N keeps its log, by its number from 1
  /// @param certificates gives them theirs
  static Brokers start(
      Network network,
      Path directory,
      int count,
      IntFunction<Path> data,
      Certificates certificates) {
    var machines = IntStream.range(0, count).mapToObj(_ -> network.machine()).toList();
    var voters =
        IntStream.range(0, count)
            .mapToObj(n -> "%d@%s:%d".formatted(n + 1, machines.get(n).address(), CONTROLLER_PORT))
            .collect(Collectors.joining(","));
    certificates.make(CERTIFICATE, machines.stream().map(Network.Machine::address).toList());
    var cluster = Uuid.randomUuid().toString();
    var brokers = new ArrayList<Broker>();
    for (int n = 0; n < count; n++) {
      var machine = machines.get(n);
      var config = directory.resolve("broker-%d.properties".formatted(n + 1));
      write(
          config,
          properties(n + 1, machine.address(), voters, count, data.apply(n + 1), certificates));
      var wrapper = List.of("ip", "netns", "exec", machine.namespace());
      var log = directory.resolve("broker-%d.log".formatted(n + 1));
      var options =
          List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData");
      try (var format =
          Program.java(
              wrapper,
              log,
              options,
              "kafka.tools.StorageTool",
              "format",
              "--cluster-id",
              cluster,
              "--config",
              config.toString())) {
        format.start();
        Awaitility.await().atMost(PATIENCE).until(() -> !format.alive());
      }
      brokers.add(
          new Broker(
              n + 1,
              machine,
              Program.java(wrapper, log, options, "kafka.Kafka", config.toString()).start()));
    }
    var started = new Brokers(List.copyOf(brokers), certificates);
    started.awaitAll();
    return started;
  }

  private static Properties properties(
      int id, String address, String voters, int count, Path data, Certificates certificates) {
    var p = new Properties();
    p.setProperty("process.roles", "broker,controller");
    p.setProperty("node.id", Integer.toString(id));
    p.setProperty(
        "listeners",
        "PLAINTEXT://%s:%d,CONTROLLER://%s:%d,TLS://%s:%d"
            .formatted(address, PORT, address, CONTROLLER_PORT, address, TLS_PORT));
    p.setProperty(
        "listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,TLS:SSL");
    p.setProperty("ssl.client.auth", "required");
    p.setProperty("ssl.keystore.type", "PKCS12");
    p.setProperty("ssl.keystore.location", certificates.store(CERTIFICATE).toString());
    p.setProperty("ssl.keystore.password", Certificates.PASSWORD);
    p.setProperty("ssl.truststore.type", "PEM");
    p.setProperty("ssl.truststore.location", certificates.authority().toString());
    p.setProperty("controller.listener.names", "CONTROLLER");
    p.setProperty("controller.quorum.voters", voters);
    p.setProperty("log.dirs", data.toString());
    p.setProperty("auto.create.topics.enable", "false");
    var replicas = Integer.toString(Math.min(3, count));
    var inSync = Integer.toString(Math.min(2, count));
    p.setProperty("default.replication.factor", replicas);
    p.setProperty("min.insync.replicas", inSync);
    p.setProperty("offsets.topic.replication.factor", replicas);
    p.setProperty("offsets.topic.num.partitions", "3");
    p.setProperty("transaction.state.log.replication.factor", replicas);
    p.setProperty("transaction.state.log.min.isr", inSync);
    p.setProperty("transaction.state.log.num.partitions", "3");
    p.setProperty("log.cleaner.dedupe.buffer.size", "2097152");
    p.setProperty("num.network.threads", "1");
    p.setProperty("num.io.threads", "2");
    p.setProperty("group.initial.rebalance.delay.ms", "0");
    return p;
  }

  private static void write(Path file, Properties properties) {
    try (var out = Files.newBufferedWriter(file)) {
      properties.store(out, null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<Broker> all() {
    return all;
  }

  String bootstrapServers() {
    return all.stream()
        .map(broker -> broker.machine().address() + ":" + PORT)
        .collect(Collectors.joining(","));
  }

  /// Settings of a client that reaches them by mutual TLS, `kafka.KEY=VALUE`.
  ///
  /// @param name of its certificate
  /// @param password holds the password of its key store
  String[] overTls(String name, Path password) {
    return new String[] {
      "kafka.bootstrap.servers="
          + all.stream()
              .map(broker -> broker.machine().address() + ":" + TLS_PORT)
              .collect(Collectors.joining(",")),
      "kafka.security.protocol=SSL",
      "kafka.ssl.keystore.type=PKCS12",
      "kafka.ssl.keystore.location=" + certificates.store(name),
      "kafka.ssl.keystore.password-file=" + password,
      "kafka.ssl.truststore.type=PEM",
      "kafka.ssl.truststore.location=" + certificates.authority()
    };
  }

  /// Gives all of them a new certificate, and starts them again with it.
  void renewCertificate(Duration validity) {
    certificates.make(
        CERTIFICATE, all.stream().map(broker -> broker.machine().address()).toList(), validity);
    restart();
  }

  /// Kills all of them, and starts them again.
  void restart() {
    all.forEach(broker -> broker.program().kill());
    all.forEach(broker -> broker.program().start());
    awaitAll();
  }

  Admin admin() {
    return Clusters.admin(bootstrapServers(), Map.of());
  }

  /// The broker that is the active controller.
  Broker controller() {
    return call(
        admin -> {
          int id = admin.describeMetadataQuorum().quorumInfo().get().leaderId();
          return broker(id);
        });
  }

  /// The broker that leads a partition.
  Broker leader(String topic, int partition) {
    return call(
        admin ->
            broker(
                Objects.requireNonNull(
                        admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic))
                    .partitions()
                    .get(partition)
                    .leader()
                    .id()));
  }

  private Broker broker(int id) {
    return all.stream().filter(broker -> broker.id() == id).findFirst().orElseThrow();
  }

  void awaitAll() {
    Awaitility.await("all brokers")
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(() -> call(admin -> admin.describeCluster().nodes().get().size()) == all.size());
  }

  /// Waits until every partition is on all brokers that it should be on: one that has just come
  /// back is of no help against the next fault.
  void awaitInSync() {
    Awaitility.await("all partitions in sync")
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(
            () ->
                call(
                        admin ->
                            admin
                                .describeTopics(admin.listTopics().names().get())
                                .allTopicNames()
                                .get())
                    .values()
                    .stream()
                    .flatMap(topic -> topic.partitions().stream())
                    .allMatch(partition -> partition.isr().size() == partition.replicas().size()));
  }

  private interface Call<T> {
    T ask(Admin admin) throws InterruptedException, ExecutionException;
  }

  private <T> T call(Call<T> call) {
    try (var admin = admin()) {
      return call.ask(admin);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof KafkaException kafka ? kafka : new KafkaException(e.getCause());
    }
  }

  @Override
  public void close() {
    // All at once: a broker that is stopped last waits in vain for a controller.
    all.forEach(broker -> broker.program().kill());
  }
}
