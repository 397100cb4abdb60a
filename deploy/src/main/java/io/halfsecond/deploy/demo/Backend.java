package io.halfsecond.deploy.demo;

import io.halfsecond.deploy.broker.EmbeddedBroker;
import io.halfsecond.deploy.broker.TopicPlan;
import io.halfsecond.deploy.http.Endpoint;
import io.halfsecond.deploy.service.ApiSettings;
import io.halfsecond.deploy.service.Clusters;
import io.halfsecond.deploy.service.Stop;
import io.halfsecond.deploy.service.StreamService;
import io.halfsecond.deploy.topic.TopicReader;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.Topics;
import io.halfsecond.streams.StreamsSettings;
import io.halfsecond.streams.detector.DetectorSettings;
import io.halfsecond.streams.telemetry.TimeBounds;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/// A broker with the topics, the topology on it, and a reader of its alerts. Everything listens on
/// free loopback ports and ends on close.
final class Backend implements AutoCloseable {
  static final Topics TOPICS = Topics.of(Topics.DEFAULT_PREFIX, 1);

  /// The detector counts one vote per block. Five seconds instead of a minute, as on a busy host,
  /// so that some ten votes fit into a minute.
  static final Duration BLOCK = Duration.ofSeconds(5);

  private static final Duration COMMIT_INTERVAL = Duration.ofMillis(200);
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Duration BETWEEN_CHECKS = Duration.ofMillis(50);

  private final EmbeddedBroker broker;
  private final StreamService stream;
  private final Path apiToken;
  private final TopicReader<Alert> alerts;

  private Backend(
      EmbeddedBroker broker, StreamService stream, Path apiToken, TopicReader<Alert> alerts) {
    this.broker = broker;
    this.stream = stream;
    this.apiToken = apiToken;
    this.alerts = alerts;
  }

  /// Returns once the topology processes records.
  ///
  /// @param believed event times that are accepted
  /// @param stop ends the wait; what was started is then closed
  /// @throws IOException if the topology does not start processing
  static Backend start(Workspace workspace, TimeBounds believed, Stop stop)
      throws IOException, InterruptedException {
    var broker = EmbeddedBroker.start(workspace.make("broker"));
    try {
      try (var admin = Clusters.admin(broker.bootstrapServers(), Map.of())) {
        TopicPlan.of(admin, TOPICS, 1).apply(admin);
      }
      var alerts =
          TopicReader.open(
              broker.bootstrapServers(), Map.of(), TOPICS, Topics::alerts, Instant.EPOCH);
      try {
        var settings = settings(broker, workspace, believed);
        var api = ApiSettings.of(settings.application().stateDirectory());
        var stream = StreamService.start(settings, loopback(), api);
        try {
          awaitReady(stream, stop);
          return new Backend(broker, stream, api.token(), alerts);
        } catch (IOException | InterruptedException | RuntimeException e) {
          stream.close();
          throw e;
        }
      } catch (IOException | InterruptedException | RuntimeException e) {
        alerts.close();
        throw e;
      }
    } catch (IOException | InterruptedException | RuntimeException e) {
      broker.close();
      throw e;
    }
  }

  private static StreamsSettings settings(
      EmbeddedBroker broker, Workspace workspace, TimeBounds believed) throws IOException {
    return new StreamsSettings(
        broker.bootstrapServers(),
        TOPICS,
        StreamsSettings.Application.ofOneBroker(workspace.make("streams"), COMMIT_INTERVAL),
        DetectorSettings.defaults().withBlock(BLOCK),
        believed,
        Map.of());
  }

  private static void awaitReady(StreamService stream, Stop stop)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (!stream.ready()) {
      if (!stream.healthy() || System.nanoTime() - deadline > 0 || stop.await(BETWEEN_CHECKS)) {
        throw new IOException(
            stop.requested() ? "stopped while starting" : "the topology did not start");
      }
    }
  }

  /// Any port of the loopback address.
  static Endpoint loopback() {
    return Endpoint.plain(InetSocketAddress.createUnresolved("127.0.0.1", 0));
  }

  String bootstrapServers() {
    return broker.bootstrapServers();
  }

  TopicReader<Alert> alerts() {
    return alerts;
  }

  StreamService stream() {
    return stream;
  }

  /// File with the token of the query API.
  Path apiToken() {
    return apiToken;
  }

  @Override
  public void close() {
    alerts.close();
    stream.close();
    broker.close();
  }
}
