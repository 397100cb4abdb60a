package io.halfsecond.streams;

import io.halfsecond.schemas.Waiting;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.TaskMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks once a second whether a topology reaches Kafka and judges what comes, by Kafka's own
/// metrics. Safe for use by several threads.
///
/// A consumer has an answer every half second: to a fetch of nothing, or else every three seconds
/// to a heartbeat. Its calls show nothing of it when there is none.
final class TopologyWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TopologyWatch.class);

  /// Longer than two heartbeats take.
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(7);

  /// Of a record that comes now. Not a setting: it is longer than a commit interval and the timeout
  /// of a transaction (20 s), which holds up whoever takes over, and what is judged later is an
  /// alert that comes later.
  static final Duration LONGEST_DELAY = Duration.ofSeconds(30);

  private static final String CONNECTIONS = "connection-count";
  private static final String ANSWERS = "response-total";
  private static final String BEHIND = "records-lag";
  private static final String CONSUMER = "-consumer";

  /// What one look at the metrics finds.
  private static final class Found {
    private double connections;
    private double answers;
    private final Map<String, Long> behind = new HashMap<>();
  }

  private final KafkaStreams streams;
  private final String servers;
  private final JudgingDelay delay = new JudgingDelay(System.nanoTime());
  private final ScheduledExecutorService looks =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofVirtual().name("halfsecond-watch").factory());
  private double connections;
  private double answers;
  private long answeredNanos = System.nanoTime();

  TopologyWatch(KafkaStreams streams, String servers) {
    this.streams = streams;
    this.servers = servers;
  }

  void start() {
    var _ = looks.scheduleWithFixedDelay(this::look, 1, 1, TimeUnit.SECONDS);
  }

  /// An exception would end the schedule.
  private void look() {
    try {
      var found = found();
      var partitions = new HashMap<TopicPartition, JudgingDelay.Progress>();
      for (var thread : streams.metadataForLocalThreads()) {
        thread.activeTasks().forEach(task -> partitions.putAll(progress(task, found)));
      }
      see(found, partitions);
    } catch (RuntimeException e) {
      LOG.debug("the topology cannot be looked at", e);
    }
  }

  private synchronized void see(
      Found found, Map<TopicPartition, JudgingDelay.Progress> partitions) {
    long now = System.nanoTime();
    connections = found.connections;
    // Fewer when a thread has ended.
    if (found.answers != answers) {
      answers = found.answers;
      answeredNanos = now;
    }
    delay.look(now, partitions);
  }

  private static Map<TopicPartition, JudgingDelay.Progress> progress(
      TaskMetadata task, Found found) {
    var progress = new HashMap<TopicPartition, JudgingDelay.Progress>();
    for (var partition : task.topicPartitions()) {
      progress.put(
          partition,
          new JudgingDelay.Progress(
              Math.max(0, task.committedOffsets().getOrDefault(partition, 0L)),
              task.endOffsets().getOrDefault(partition, -1L) + 1,
              found.behind.getOrDefault(key(partition.topic(), partition.partition()), 0L)));
    }
    return progress;
  }

  private Found found() {
    var found = new Found();
    streams
        .metrics()
        .forEach(
            (name, metric) -> {
              if (!name.tags().getOrDefault("client-id", "").endsWith(CONSUMER)) {
                return;
              }
              switch (name.name()) {
                case CONNECTIONS -> found.connections += value(metric);
                case ANSWERS -> found.answers += value(metric);
                case BEHIND -> behind(name, metric, found);
                default -> {
                  // Of no interest.
                }
              }
            });
    return found;
  }

  private static void behind(MetricName name, Metric metric, Found found) {
    Optional.ofNullable(name.tags().get("topic"))
        .ifPresent(
            topic ->
                found.behind.merge(
                    key(topic, Integer.parseInt(name.tags().getOrDefault("partition", "-1"))),
                    (long) value(metric),
                    Math::max));
  }

  /// Some versions write a topic's dots as underscores in metrics.
  private static String key(String topic, int partition) {
    return topic.replace('.', '_') + "-" + partition;
  }

  private static double value(Metric metric) {
    return metric.metricValue() instanceof Number number && !Double.isNaN(number.doubleValue())
        ? number.doubleValue()
        : 0;
  }

  /// Why nothing is judged now; empty if all is judged, or there is nothing to judge.
  synchronized Optional<Waiting> waiting() {
    long now = System.nanoTime();
    boolean running = streams.state() == KafkaStreams.State.RUNNING;
    var silence = Duration.ofNanos(now - answeredNanos);
    // Who joins a group has no answer until all others have joined too.
    if (silence.compareTo(LONGEST_SILENCE) > 0 && (running || connections == 0)) {
      return Optional.of(
          new Waiting(
              Waiting.Reason.BROKER,
              "no answer from Kafka (%s) for %d s".formatted(servers, silence.toSeconds())));
    }
    if (!running) {
      return Optional.of(
          new Waiting(
              Waiting.Reason.JOINING,
              "the topology joins its group or restores its state, and judges nothing yet"));
    }
    var waits = delay.waiting(now);
    return waits.compareTo(LONGEST_DELAY) > 0
        ? Optional.of(
            new Waiting(
                Waiting.Reason.CATCHING_UP,
                "records have waited for %d s to be judged".formatted(waits.toSeconds())))
        : Optional.empty();
  }

  /// Since a record was judged, or since the start.
  synchronized double secondsSinceJudged() {
    return delay.sinceJudged(System.nanoTime()).toMillis() / 1e3;
  }

  @Override
  public void close() {
    looks.shutdownNow();
  }
}
