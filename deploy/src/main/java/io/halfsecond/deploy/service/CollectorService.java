package io.halfsecond.deploy.service;

import io.halfsecond.collector.Collector;
import io.halfsecond.collector.CollectorSettings;
import io.halfsecond.collector.source.SourceMeter.Condition;
import io.halfsecond.deploy.directory.LockedDirectory;
import io.halfsecond.deploy.directory.NativeLibraries;
import io.halfsecond.deploy.http.OpsServer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// A collector with its metrics and health on a port. Runs from [#start] to [#close] and has its
/// state directory for itself.
///
/// Healthy means that nothing which was started has died: neither the assembler nor a source. Ready
/// means that at least one source of evidence delivers. While none does, the reasons name each
/// source that lacks something; the metric `halfsecond_collector_source_up` always does.
public final class CollectorService implements AutoCloseable {
  private final LockedDirectory directory;
  private final Collector collector;
  private final PrometheusMeterRegistry registry;
  private final OpsServer server;

  private CollectorService(
      LockedDirectory directory,
      Collector collector,
      PrometheusMeterRegistry registry,
      OpsServer server) {
    this.directory = directory;
    this.collector = collector;
    this.registry = registry;
    this.server = server;
  }

  /// @throws IOException if the state directory is in use or cannot be used, or the address cannot
  ///   be bound
  /// @throws IllegalStateException if no source of evidence can run here
  public static CollectorService start(CollectorSettings settings, InetSocketAddress http)
      throws IOException {
    var directory = LockedDirectory.of(settings.stateDirectory());
    try {
      NativeLibraries.below(directory);
      return start(directory, settings, http);
    } catch (IOException | RuntimeException e) {
      directory.close();
      throw e;
    }
  }

  private static CollectorService start(
      LockedDirectory directory, CollectorSettings settings, InetSocketAddress http)
      throws IOException {
    var registry = Metrics.registry();
    var collector = new Collector(settings, registry);
    Metrics.bindProcess(registry);
    try {
      var server =
          OpsServer.start(http, registry, () -> unhealthy(collector), () -> notReady(collector));
      try {
        collector.start();
      } catch (RuntimeException e) {
        server.close();
        throw e;
      }
      return new CollectorService(directory, collector, registry, server);
    } catch (IOException | RuntimeException e) {
      collector.close();
      throw e;
    }
  }

  private static List<String> unhealthy(Collector collector) {
    return collector.healthy()
        ? List.of()
        : List.of(
            "the assembler or a source of the collector has stopped; its log says why; restart it");
  }

  private static List<String> notReady(Collector collector) {
    return collector.ready()
        ? List.of()
        : Stream.concat(
                unhealthy(collector).stream(),
                collector.sources().stream()
                    .filter(source -> source.meter().state().condition() != Condition.RUNNING)
                    .map(source -> source.name() + ": " + source.meter().state().detail()))
            .toList();
  }

  /// Whether nothing that was started has died. An unhealthy collector stays so.
  public boolean healthy() {
    return collector.healthy();
  }

  /// Why the collector has failed for good and what to do about it; empty while it has not.
  public Optional<String> failure() {
    return unhealthy(collector).stream().findFirst();
  }

  public Collector collector() {
    return collector;
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
    collector.close();
    server.close();
    registry.close();
    directory.close();
  }
}
