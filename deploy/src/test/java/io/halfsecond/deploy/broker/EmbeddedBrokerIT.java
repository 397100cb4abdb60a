package io.halfsecond.deploy.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.halfsecond.deploy.service.Clusters;
import io.halfsecond.deploy.topic.TopicReader;
import io.halfsecond.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedBrokerIT {
  private static final Topics TOPICS = Topics.of("it.", 2);
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir private Path directory = Path.of("");

  @Test
  void should_keep_topics_and_records_across_a_restart() throws Exception {
    var sent = "kept".getBytes(StandardCharsets.UTF_8);
    try (var broker = EmbeddedBroker.start(directory);
        var admin = Clusters.admin(broker.bootstrapServers(), Map.of())) {
      TopicPlan.of(admin, TOPICS, 1).apply(admin);
      try (var producer =
          new KafkaProducer<>(
              Map.<String, Object>of("bootstrap.servers", broker.bootstrapServers()),
              new ByteArraySerializer(),
              new ByteArraySerializer())) {
        producer.send(new ProducerRecord<>("it.dead-letters", 0, null, sent)).get();
      }
    }

    var found = new ArrayList<byte[]>();
    try (var broker = EmbeddedBroker.start(directory);
        var admin = Clusters.admin(broker.bootstrapServers(), Map.of());
        var consumer =
            new KafkaConsumer<>(
                Map.<String, Object>of("bootstrap.servers", broker.bootstrapServers()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
      assertThat(TopicPlan.of(admin, TOPICS, 1).steps()).isEmpty();
      var partition = new TopicPartition("it.dead-letters", 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      while (consumer.position(partition)
          < consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L)) {
        consumer.poll(Duration.ofMillis(100)).forEach(record -> found.add(record.value()));
      }
    }

    assertThat(found).containsExactly(sent);
  }

  @Test
  void should_name_the_alert_topic_when_it_is_missing() {
    try (var broker = EmbeddedBroker.start(directory);
        var admin = Clusters.admin(broker.bootstrapServers(), Map.of())) {
      assertThatThrownBy(
              () ->
                  TopicReader.open(
                      broker.bootstrapServers(), Map.of(), TOPICS, Topics::alerts, Instant.EPOCH))
          .isInstanceOf(UnknownTopicOrPartitionException.class)
          .hasMessageContainingAll("it.alerts", "halfsecond topics plan");

      TopicPlan.of(admin, TOPICS, 1).apply(admin);

      try (var reader =
          TopicReader.open(
              broker.bootstrapServers(), Map.of(), TOPICS, Topics::alerts, Instant.EPOCH)) {
        assertThat(reader.readToEnd(() -> false)).isEmpty();
      }
    }
  }

  @Test
  void should_keep_its_data_to_itself() throws Exception {
    var data = directory.resolve("below/data");

    EmbeddedBroker.start(data).close();

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data)))
        .isEqualTo("rwx------");
  }

  @Test
  void should_refuse_a_directory_that_a_broker_has_and_leave_that_broker_unharmed() {
    try (var broker = EmbeddedBroker.start(directory);
        var admin = Clusters.admin(broker.bootstrapServers(), Map.of())) {
      assertThatThrownBy(() -> EmbeddedBroker.start(directory))
          .hasMessageContainingAll("embedded broker: ", "is in use by this process");

      TopicPlan.of(admin, TOPICS, 1).apply(admin);
    }
    EmbeddedBroker.start(directory).close();
  }

  @Test
  void should_keep_the_partitions_of_topics_with_records() {
    try (var broker = EmbeddedBroker.start(directory);
        var admin = Clusters.admin(broker.bootstrapServers(), Map.of())) {
      TopicPlan.of(admin, TOPICS, 1).apply(admin);
      try (var producer =
          new KafkaProducer<>(
              Map.<String, Object>of("bootstrap.servers", broker.bootstrapServers()),
              new ByteArraySerializer(),
              new ByteArraySerializer())) {
        var _ = producer.send(new ProducerRecord<>("it.probe", 1, null, new byte[1]));
      }

      var plan = TopicPlan.of(admin, Topics.of("it.", 6), 1);

      assertThat(plan.steps()).allMatch(TopicPlan.Leave.class::isInstance).hasSize(11);
      assertThat(plan.steps().getFirst().describe()).contains("there are records on it.probe");
      assertThat(ClusterTopics.of(admin, "it.", 12).probe().partitions()).isEqualTo(2);
      assertThat(ClusterTopics.of(admin, "absent.", 12).probe().partitions()).isEqualTo(12);
    }
  }

  @Test
  void should_apply_what_is_missing_and_leave_the_rest() {
    try (var broker = EmbeddedBroker.start(directory);
        var admin = Clusters.admin(broker.bootstrapServers(), Map.of())) {
      TopicPlan.of(admin, Topics.of("it.", 1), 1).apply(admin);
      // The controller has taken the plan; the broker may hear of it a moment later.
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> assertThat(TopicPlan.of(admin, Topics.of("it.", 1), 1).steps()).isEmpty());

      var plan = TopicPlan.of(admin, TOPICS, 1);
      plan.apply(admin);

      assertThat(plan.steps())
          .hasSize(TOPICS.all().size() - 1)
          .allMatch(TopicPlan.AddPartitions.class::isInstance);
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(TopicPlan.of(admin, TOPICS, 1).steps()).isEmpty());
      assertThat(TopicPlan.of(admin, Topics.of("it.", 1), 1).steps())
          .allMatch(TopicPlan.Leave.class::isInstance);
    }
  }
}
