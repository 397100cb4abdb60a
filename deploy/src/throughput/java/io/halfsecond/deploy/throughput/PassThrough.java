package io.halfsecond.deploy.throughput;

import io.halfsecond.schemas.Topic;
import io.halfsecond.schemas.Topics;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Produced;

/// Reads the records that the topology reads, and writes them again: what Kafka Streams, Avro and
/// exactly-once cost without us.
final class PassThrough {
  static final String OUTPUT = "passed-on";

  private PassThrough() {}

  /// @param arguments brokers, prefix of the topics, partitions, application id, state directory,
  ///   threads, commit interval in milliseconds
  static void main(String[] arguments) throws InterruptedException {
    var topics = Topics.of(arguments[1], Integer.parseInt(arguments[2]));
    var properties = new Properties();
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, arguments[0]);
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, arguments[3]);
    properties.put(StreamsConfig.STATE_DIR_CONFIG, arguments[4]);
    properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, arguments[5]);
    properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    properties.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, arguments[6]);
    properties.put(StreamsConfig.consumerPrefix("auto.offset.reset"), "earliest");
    var builder = new StreamsBuilder();
    passOn(builder, topics.authTiming(), arguments[1]);
    passOn(builder, topics.sessionCpu(), arguments[1]);
    var streams = new KafkaStreams(builder.build(), properties);
    var stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .unstarted(
                    () -> {
                      streams.close();
                      stopped.countDown();
                    }));
    streams.start();
    stopped.await();
  }

  private static <V> void passOn(StreamsBuilder builder, Topic<V> topic, String prefix) {
    builder.stream(topic.name(), Consumed.with(topic.keySerde(), topic.valueSerde()))
        .to(prefix + OUTPUT, Produced.with(topic.keySerde(), topic.valueSerde()));
  }
}
