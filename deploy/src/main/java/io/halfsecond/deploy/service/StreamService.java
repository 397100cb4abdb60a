package io.halfsecond.deploy.service;

import io.halfsecond.deploy.api.ApiServer;
import io.halfsecond.deploy.directory.LockedDirectory;
import io.halfsecond.deploy.directory.NativeLibraries;
import io.halfsecond.deploy.http.Endpoint;
import io.halfsecond.deploy.http.HostAndPort;
import io.halfsecond.deploy.http.OpsServer;
import io.halfsecond.deploy.http.Trust;
import io.halfsecond.deploy.page.Share;
import io.halfsecond.deploy.page.StatusPage;
import io.halfsecond.deploy.page.Stylesheet;
import io.halfsecond.streams.FleetQueries;
import io.halfsecond.streams.HalfsecondStreams;
import io.halfsecond.streams.StreamsSettings;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The topology with its metrics and health on a port. Runs from [#start] to [#close] and has its
/// state directory for itself; the topics must be there.
public final class StreamService implements AutoCloseable {
  private final LockedDirectory directory;
  private final HalfsecondStreams streams;
  private final PrometheusMeterRegistry registry;
  private final OpsServer server;

  private StreamService(
      LockedDirectory directory,
      HalfsecondStreams streams,
      PrometheusMeterRegistry registry,
      OpsServer server) {
    this.directory = directory;
    this.streams = streams;
    this.registry = registry;
    this.server = server;
  }

  /// With a query API of this instance alone.
  ///
  /// @throws IOException as below
  public static StreamService start(StreamsSettings settings, Endpoint http) throws IOException {
    return start(settings, http, ApiSettings.of(settings.application().stateDirectory()));
  }

  /// @throws IOException if the state directory is in use or cannot be used, the address cannot be
  ///   bound, or a file of the query API cannot be used
  public static StreamService start(StreamsSettings settings, Endpoint http, ApiSettings api)
      throws IOException {
    var directory = LockedDirectory.of(settings.application().stateDirectory());
    try {
      NativeLibraries.below(directory).loadRocksDb();
      return start(directory, settings, http, api);
    } catch (IOException | RuntimeException e) {
      directory.close();
      throw e;
    }
  }

  private static StreamService start(
      LockedDirectory directory, StreamsSettings settings, Endpoint http, ApiSettings api)
      throws IOException {
    var registry = Metrics.registry();
    var streams = new HalfsecondStreams(settings, registry);
    Metrics.bindProcess(registry, "topology");
    try {
      var server =
          OpsServer.start(
              http,
              registry,
              () -> failure(streams).stream().toList(),
              () ->
                  streams.ready()
                      ? List.of()
                      : List.of("the topology is not processing yet: joining, restoring or failed"),
              Optional.of(page(streams, http.web().tls().isPresent() ? "https" : "http")),
              Optional.of(
                  ApiServer.section(
                      streams.queries(),
                      api.token(),
                      http.web().tls().isPresent(),
                      Trust.of(api.authorities()))));
      streams.start();
      return new StreamService(directory, streams, registry, server);
    } catch (IOException | RuntimeException e) {
      streams.close();
      throw e;
    }
  }

  /// @param scheme of all instances
  private static OpsServer.Page page(HalfsecondStreams streams, String scheme) {
    return new OpsServer.Page() {
      @Override
      public Optional<String> html(Optional<String> host) {
        var present = streams.present();
        var now = Instant.now();
        return host.isPresent()
            ? StatusPage.ofHost(present, share(streams, scheme), host.get(), now)
            : Optional.of(StatusPage.ofAll(present, share(streams, scheme), now));
      }

      @Override
      public String contentSecurityPolicy() {
        return Stylesheet.POLICY;
      }
    };
  }

  private static Share share(HalfsecondStreams streams, String scheme) {
    if (!streams.ready()) {
      // It has no partition yet, which the only instance has not either.
      return Share.UNKNOWN;
    }
    try {
      var instances = streams.queries().instances();
      return new Share(
          instances.ownPartitions(),
          instances.partitions(),
          instances.others().stream()
              .map(other -> URI.create("%s://%s/".formatted(scheme, HostAndPort.of(other))))
              .toList());
    } catch (FleetQueries.NotReadyException _) {
      return Share.UNKNOWN;
    }
  }

  private static Optional<String> failure(HalfsecondStreams streams) {
    return streams.healthy()
        ? Optional.empty()
        : Optional.of(
            "the topology has failed: "
                + streams
                    .failure()
                    .map(TopologyFailure::explain)
                    .orElse("its log says why; a restart goes on where it stopped"));
  }

  public boolean ready() {
    return streams.ready();
  }

  public boolean healthy() {
    return streams.healthy();
  }

  /// Why the topology has failed for good and what to do about it; empty while it has not.
  public Optional<String> failure() {
    return failure(streams);
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
    directory.close();
  }
}
