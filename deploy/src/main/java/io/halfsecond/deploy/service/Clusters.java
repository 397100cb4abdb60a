package io.halfsecond.deploy.service;

import io.halfsecond.deploy.config.Catalogue;
import io.halfsecond.deploy.config.Configuration;
import io.halfsecond.schemas.Topic;
import io.halfsecond.schemas.Topics;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/// The Kafka cluster that a configuration names.
public final class Clusters {
  /// Long enough for a slow cluster, short enough for a person who waits.
  private static final int PATIENCE_MILLIS = 10_000;

  private Clusters() {}

  public static Topics topics(Configuration configuration) {
    return Topics.of(
        configuration.get(Catalogue.TOPIC_PREFIX), configuration.get(Catalogue.PARTITIONS));
  }

  public static Admin admin(Configuration configuration) {
    return admin(configuration.get(Catalogue.BOOTSTRAP_SERVERS), configuration.kafka());
  }

  /// @param kafka client settings beyond the bootstrap servers
  public static Admin admin(String bootstrapServers, Map<String, String> kafka) {
    var settings = new HashMap<String, Object>();
    settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS);
    settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS);
    settings.putAll(kafka);
    settings.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    return Admin.create(settings);
  }

  /// @throws UnknownTopicOrPartitionException if the cluster lacks the topic
  /// @throws KafkaException if the cluster cannot be asked
  public static void requireTopic(Configuration configuration, Topic<?> topic) {
    try (var admin = admin(configuration)) {
      if (!admin.listTopics().names().get().contains(topic.name())) {
        throw new UnknownTopicOrPartitionException(
            "no topic %s at %s; see halfsecond topics plan"
                .formatted(topic.name(), configuration.get(Catalogue.BOOTSTRAP_SERVERS)));
      }
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof KafkaException kafka ? kafka : new KafkaException(e.getCause());
    }
  }
}
