package io.halfsecond.deploy.topic;

import io.halfsecond.schemas.Topic;
import io.halfsecond.schemas.WriterSchemas;
import io.halfsecond.schemas.travel.SchemaFollower;
import io.halfsecond.schemas.travel.TravelledSchemas;
import io.halfsecond.schemas.travel.TravelledSchemas.Patience;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/// The schemas of other versions, read from their topic once a record needs one. So a reader of
/// records of its own version needs neither the topic nor the right to read it. Not safe for use by
/// several threads.
final class SchemasOnDemand implements WriterSchemas, AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final String bootstrapServers;
  private final Map<String, String> kafka;
  private final Topic<String> topic;
  private final TravelledSchemas schemas = new TravelledSchemas(Patience.OF_COMMAND);
  private @Nullable SchemaFollower follower;

  /// @param kafka client settings beyond the bootstrap servers
  SchemasOnDemand(String bootstrapServers, Map<String, String> kafka, Topic<String> topic) {
    this.bootstrapServers = bootstrapServers;
    this.kafka = kafka;
    this.topic = topic;
  }

  @Override
  public Optional<Schema> find(String type, long fingerprint) {
    if (follower == null) {
      follower = SchemaFollower.start(bootstrapServers, kafka, topic, schemas);
      follower.awaitEnd(PATIENCE);
    }
    return schemas.find(type, fingerprint);
  }

  @Override
  public void close() {
    if (follower != null) {
      follower.close();
    }
  }
}
