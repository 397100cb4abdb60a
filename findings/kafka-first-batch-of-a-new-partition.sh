#!/usr/bin/env bash
# Apache Kafka 4.3.1, broker and clients (KAFKA-15591, mended in a later version)
#
# An idempotent producer numbers its records. A partition that has seen nothing of a producer takes a first batch with any
# number. So if the first of two requests in flight is refused, because the broker does not lead the new partition yet, and
# the second is taken, the first is out of order for good: OUT_OF_ORDER_SEQUENCE_NUMBER at every attempt. KafkaProducer
# repeats it until its delivery timeout, two minutes by default, and then reports the records as expired, with
# enable.idempotence=true, acks=all and five requests in flight, which are its defaults. With one request in flight
# (max.in.flight.requests.per.connection=1) it cannot happen.
#
# The script sends the second request and then the first, as a broker sees them that took only the second.
#
# Output seen:
#   second batch, sequence 1: NONE
#   first batch, sequence 0: OUT_OF_ORDER_SEQUENCE_NUMBER
#   first batch again: OUT_OF_ORDER_SEQUENCE_NUMBER
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
  </dependencies>
</project>
POM
mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy-dependencies -DoutputDirectory=lib >/dev/null

cat >Sequence.java <<'JAVA'
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.PrintStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.InitProducerIdRequest;
import org.apache.kafka.common.requests.InitProducerIdResponse;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.ProduceResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.utils.Time;

class Sequence {
  private static final short PRODUCE_VERSION = 9;
  private static final short INIT_VERSION = 4;

  public static void main(String[] arguments) throws Exception {
    int[] ports = {freePort(), freePort()};
    var properties = new Properties();
    var listeners = "PLAINTEXT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d".formatted(ports[0], ports[1]);
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
            "transaction.state.log.replication.factor", "1",
            "transaction.state.log.min.isr", "1"));
    try (var out = Files.newBufferedWriter(Path.of("broker.properties"))) {
      properties.store(out, null);
    }
    StorageTool.execute(
        new String[] {"format", "--standalone", "--cluster-id", "Mk3OEYBSD34fcwNTJENDM2Qk", "--config", "broker.properties"},
        new PrintStream(PrintStream.nullOutputStream()));
    var server = new KafkaRaftServer(KafkaConfig.fromProps(properties, false), Time.SYSTEM);
    server.startup();
    try (var admin = Admin.create(Map.<String, Object>of("bootstrap.servers", "127.0.0.1:" + ports[0]));
        var socket = new Socket("127.0.0.1", ports[0])) {
      admin.createTopics(List.of(new NewTopic("new", 1, (short) 1))).all().get();
      long producer = producerId(socket);
      while (admin.describeTopics(List.of("new")).allTopicNames().get().get("new").partitions().get(0).leader() == null) {
        Thread.sleep(100);
      }
      System.out.println("second batch, sequence 1: " + produce(socket, producer, 1));
      System.out.println("first batch, sequence 0: " + produce(socket, producer, 0));
      System.out.println("first batch again: " + produce(socket, producer, 0));
      System.out.flush();
    }
    Runtime.getRuntime().halt(0);
  }

  private static int freePort() throws Exception {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static long producerId(Socket socket) throws Exception {
    while (true) {
      var request =
          new InitProducerIdRequest.Builder(
                  new InitProducerIdRequestData().setTransactionalId(null).setTransactionTimeoutMs(1000))
              .build(INIT_VERSION);
      var response = (InitProducerIdResponse) send(socket, ApiKeys.INIT_PRODUCER_ID, INIT_VERSION, request);
      if (response.error() == Errors.NONE) {
        return response.data().producerId();
      }
      Thread.sleep(100);
    }
  }

  private static Errors produce(Socket socket, long producer, int sequence) throws Exception {
    Errors error;
    do {
      var records =
          MemoryRecords.withIdempotentRecords(
              Compression.NONE, producer, (short) 0, sequence, new SimpleRecord("record".getBytes()));
      var data = new ProduceRequestData().setAcks((short) -1).setTimeoutMs(10_000);
      var topic = new ProduceRequestData.TopicProduceData().setName("new");
      topic.partitionData().add(new ProduceRequestData.PartitionProduceData().setIndex(0).setRecords(records));
      data.topicData().add(topic);
      var response =
          (ProduceResponse) send(socket, ApiKeys.PRODUCE, PRODUCE_VERSION, new ProduceRequest(data, PRODUCE_VERSION));
      error = Errors.forCode(response.data().responses().iterator().next().partitionResponses().get(0).errorCode());
    } while (error == Errors.NOT_LEADER_OR_FOLLOWER || error == Errors.UNKNOWN_TOPIC_OR_PARTITION);
    return error;
  }

  private static AbstractResponse send(Socket socket, ApiKeys api, short version, AbstractRequest request)
      throws Exception {
    var header = new RequestHeader(api, version, "finding", 1);
    var out = new DataOutputStream(socket.getOutputStream());
    ByteBuffer bytes = request.serializeWithHeader(header);
    out.writeInt(bytes.remaining());
    out.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
    out.flush();
    var in = new DataInputStream(socket.getInputStream());
    return AbstractResponse.parseResponse(ByteBuffer.wrap(in.readNBytes(in.readInt())), header);
  }
}
JAVA
java -cp 'lib/*' Sequence.java 2>log >seen || { tail -20 log seen >&2; exit 1; }
cat seen
diff - seen <<'EXPECTED'
second batch, sequence 1: NONE
first batch, sequence 0: OUT_OF_ORDER_SEQUENCE_NUMBER
first batch again: OUT_OF_ORDER_SEQUENCE_NUMBER
EXPECTED
