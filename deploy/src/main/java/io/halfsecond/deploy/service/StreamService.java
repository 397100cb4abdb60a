package io.halfsecond.deploy.service;

import io.halfsecond.deploy.http.OpsServer;
import io.halfsecond.streams.HalfsecondStreams;
import io.halfsecond.streams.StreamsSettings;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;

/// The topology with its metrics and health on a port. Runs from [#start] to [#close]; the topics
/// must be there.
public final class StreamService implements AutoCloseable {
  private final HalfsecondStreams streams;
  private final PrometheusMeterRegistry registry;
  private final OpsServer server;

  private StreamService(
      HalfsecondStreams streams, PrometheusMeterRegistry registry, OpsServer server) {
    this.streams = streams;
    this.registry = registry;
    this.server = server;
  }

  /// @throws IOException if the address cannot be bound
  public static StreamService start(StreamsSettings settings, InetSocketAddress http)
      throws IOException {
    var registry = Metrics.registry();
    var streams = new HalfsecondStreams(settings, registry);
    Metrics.bindProcess(registry);
    try {
      var server =
          OpsServer.start(
              http,
              registry,
              () ->
                  streams.healthy()
                      ? List.of()
                      : List.of(
                          "the topology has failed; its log says why, a restart goes on where it"
                              + " stopped"),
              () ->
                  streams.ready()
                      ? List.of()
                      : List.of(
                          "the topology is not processing yet: joining, restoring or failed"));
      streams.start();
      return new StreamService(streams, registry, server);
    } catch (IOException | RuntimeException e) {
      streams.close();
      throw e;
    }
  }

  public boolean ready() {
    return streams.ready();
  }

  public boolean healthy() {
    return streams.healthy();
  }

  public PrometheusMeterRegistry registry() {
    return registry;
  }

  /// `http://host:port`
  public String url() {
    return server.url();
  }

  @Override
  public void close() {
    streams.close();
    server.close();
    registry.close();
  }
}
