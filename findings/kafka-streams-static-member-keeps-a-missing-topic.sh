#!/usr/bin/env bash
# Apache Kafka 4.3.1, broker and Streams, classic group protocol
#
# With group.instance.id, a member that comes back within its session timeout gets the assignment that it had, without a
# rebalance. Kafka Streams assigns an error (INCOMPLETE_SOURCE_TOPIC_METADATA) when a source topic is missing, and the
# broker keeps that as the assignment. So an application whose topic was deleted and made again fails with
# MissingSourceTopicException at each start, within milliseconds, for as long as it is started again within the session
# timeout (45 s by default; each start begins it anew). After its member is removed from the group, it runs.
#
# Output seen:
#   topics a and b: RUNNING
#   b deleted: MissingSourceTopicException
#   b made again, first start: MissingSourceTopicException
#   b made again, second start: MissingSourceTopicException
#   member removed: RUNNING
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >pom.xml <<'POM'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId>
  <artifactId>finding</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka_2.13</artifactId>
      <version>4.3.1</version>
    </dependency>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka-streams</artifactId>
      <version>4.3.1</version>
    </dependency>
  </dependencies>
</project>
POM
mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy-dependencies -DoutputDirectory=lib >/dev/null

cat >Member.java <<'JAVA'
import java.io.PrintStream;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MemberToRemove;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;

class Member {
  private static String brokers = "";

  public static void main(String[] arguments) throws Exception {
    int[] ports = {freePort(), freePort()};
    brokers = "127.0.0.1:" + ports[0];
    var listeners = "PLAINTEXT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d".formatted(ports[0], ports[1]);
    var properties = new Properties();
    properties.putAll(
        Map.of(
            "process.roles", "broker,controller",
            "node.id", "1",
            "listeners", listeners,
            "advertised.listeners", listeners,
            "listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "controller.listener.names", "CONTROLLER",
            "controller.quorum.bootstrap.servers", "127.0.0.1:" + ports[1],
            "log.dirs", Path.of("data").toAbsolutePath().toString(),
            "offsets.topic.replication.factor", "1"));
    try (var out = Files.newBufferedWriter(Path.of("broker.properties"))) {
      properties.store(out, null);
    }
    StorageTool.execute(
        new String[] {"format", "--standalone", "--cluster-id", "Mk3OEYBSD34fcwNTJENDM2Qk", "--config", "broker.properties"},
        new PrintStream(PrintStream.nullOutputStream()));
    new KafkaRaftServer(KafkaConfig.fromProps(properties, false), Time.SYSTEM).startup();
    try (var admin = Admin.create(Map.<String, Object>of("bootstrap.servers", brokers))) {
      make(admin, "a");
      make(admin, "b");
      var application = new Application();
      System.out.println("topics a and b: " + application.outcomes.take());
      admin.deleteTopics(List.of("b")).all().get();
      System.out.println("b deleted: " + application.outcomes.take());
      application.close();
      make(admin, "b");
      System.out.println("b made again, first start: " + start());
      System.out.println("b made again, second start: " + start());
      admin
          .removeMembersFromConsumerGroup(
              "finding", new RemoveMembersFromConsumerGroupOptions(Set.of(new MemberToRemove("one-1"))))
          .all()
          .get();
      System.out.println("member removed: " + start());
      System.out.flush();
    }
    Runtime.getRuntime().halt(0);
  }

  private static void make(Admin admin, String topic) throws Exception {
    while (admin.listTopics().names().get().contains(topic)) {
      Thread.sleep(100);
    }
    admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
    while (!admin.listTopics().names().get().contains(topic)) {
      Thread.sleep(100);
    }
  }

  private static String start() throws Exception {
    var application = new Application();
    var outcome = application.outcomes.take();
    application.close();
    return outcome;
  }

  private static int freePort() throws Exception {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static final class Application {
    final ArrayBlockingQueue<String> outcomes = new ArrayBlockingQueue<>(10);
    private final KafkaStreams streams;

    Application() {
      var builder = new StreamsBuilder();
      builder.stream(List.of("a", "b")).foreach((key, value) -> {});
      var settings = new Properties();
      settings.putAll(
          Map.of(
              "bootstrap.servers", brokers,
              "application.id", "finding",
              "state.dir", Path.of("state").toAbsolutePath().toString(),
              "default.key.serde", Serdes.ByteArraySerde.class,
              "default.value.serde", Serdes.ByteArraySerde.class,
              "main.consumer.group.instance.id", "one"));
      streams = new KafkaStreams(builder.build(), settings);
      streams.setStateListener(
          (now, before) -> {
            if (now == KafkaStreams.State.RUNNING) {
              outcomes.add("RUNNING");
            }
          });
      streams.setUncaughtExceptionHandler(
          failure -> {
            outcomes.add(failure.getClass().getSimpleName());
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
          });
      streams.start();
    }

    void close() {
      streams.close(Duration.ofSeconds(30));
    }
  }
}
JAVA
java -cp 'lib/*' Member.java 2>log >seen || { tail -20 log seen >&2; exit 1; }
cat seen
diff - seen <<'EXPECTED'
topics a and b: RUNNING
b deleted: MissingSourceTopicException
b made again, first start: MissingSourceTopicException
b made again, second start: MissingSourceTopicException
member removed: RUNNING
EXPECTED
