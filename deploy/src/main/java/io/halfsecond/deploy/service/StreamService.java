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
import io.halfsecond.schemas.Waiting;
import io.halfsecond.schemas.Waiting.Reason;
import io.halfsecond.streams.FleetQueries;
import io.halfsecond.streams.HalfsecondStreams;
import io.halfsecond.streams.StreamsSettings;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The topology with its metrics and health on a port. Runs from [#start] to [#close] and has its
/// state directory for itself; the topics must be there.
public final class StreamService implements AutoCloseable {
  /// For which a topology may wait.
  static final Set<Reason> REASONS =
      EnumSet.of(
          Reason.BROKER,
          Reason.AUTHENTICATION,
          Reason.AUTHORIZATION,
          Reason.TOPICS,
          Reason.SCHEMA_REGISTRY,
          Reason.STATE_DISK,
          Reason.JOINING,
          Reason.CATCHING_UP,
          Reason.RESTARTING);

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
    Metrics.bindWaiting(registry, Tags.empty(), REASONS, () -> waiting(streams));
    try {
      var server =
          OpsServer.start(
              http,
              registry,
              () -> failureForGood(streams),
              () -> Waiting.texts(waiting(streams)),
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
      public Optional<URI> elsewhere(String host) {
        return owner(streams, host)
            .map(owner -> pageOf(owner, scheme).resolve(StatusPage.reference(host)));
      }

      @Override
      public String contentSecurityPolicy() {
        return Stylesheet.POLICY;
      }
    };
  }

  private static Optional<InetSocketAddress> owner(HalfsecondStreams streams, String host) {
    try {
      return streams.queries().owner(host);
    } catch (FleetQueries.NotReadyException _) {
      return Optional.empty();
    }
  }

  private static URI pageOf(InetSocketAddress instance, String scheme) {
    return URI.create("%s://%s/".formatted(scheme, HostAndPort.of(instance)));
  }

  private static Share share(HalfsecondStreams streams, String scheme) {
    if (!streams.running()) {
      // It has no partition yet, which the only instance has not either.
      return Share.UNKNOWN;
    }
    try {
      var instances = streams.queries().instances();
      return new Share(
          instances.ownPartitions(),
          instances.partitions(),
          instances.others().stream().map(other -> pageOf(other, scheme)).toList());
    } catch (FleetQueries.NotReadyException _) {
      return Share.UNKNOWN;
    }
  }

  private static Throwable failure(HalfsecondStreams streams) {
    return streams.failure().orElseGet(() -> new IllegalStateException("the topology has ended"));
  }

  private static List<String> failureForGood(HalfsecondStreams streams) {
    return streams.healthy() || TopologyFailure.waiting(failure(streams)).isPresent()
        ? List.of()
        : List.of("the topology has failed: " + TopologyFailure.explain(failure(streams)));
  }

  private static List<Waiting> waiting(HalfsecondStreams streams) {
    return streams.healthy()
        ? streams.waiting().map(StreamService::withRemedy).stream().toList()
        : List.of(
            TopologyFailure.waiting(failure(streams))
                .orElseGet(
                    () ->
                        new Waiting(Reason.RESTARTING, TopologyFailure.explain(failure(streams)))));
  }

  private static Waiting withRemedy(Waiting waiting) {
    return waiting.reason() == Reason.BROKER
        ? new Waiting(Reason.BROKER, waiting.text() + "; " + Remedies.BROKER)
        : waiting;
  }

  public boolean ready() {
    return waiting().isEmpty();
  }

  /// Whether it has not stopped by itself. One that has stays so.
  public boolean healthy() {
    return streams.healthy();
  }

  /// Why it does not do its work now, and what to do; empty if it does.
  public List<Waiting> waiting() {
    return waiting(streams);
  }

  /// Why the topology has stopped; empty while it has not. It does not go on by itself.
  Optional<Throwable> failure() {
    return streams.healthy() ? Optional.empty() : Optional.of(failure(streams));
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
