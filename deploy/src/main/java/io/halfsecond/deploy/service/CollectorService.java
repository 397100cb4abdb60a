package io.halfsecond.deploy.service;

import io.halfsecond.collector.Collector;
import io.halfsecond.collector.CollectorSettings;
import io.halfsecond.collector.sink.KafkaSettings;
import io.halfsecond.collector.source.SourceMeter.Condition;
import io.halfsecond.deploy.directory.LockedDirectory;
import io.halfsecond.deploy.directory.NativeLibraries;
import io.halfsecond.deploy.http.Endpoint;
import io.halfsecond.deploy.http.OpsServer;
import io.halfsecond.schemas.RecordSchemas;
import io.halfsecond.schemas.Topics;
import io.halfsecond.schemas.travel.SchemaWriter;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// A collector with its metrics and health on a port. Runs from [#start] to [#close] and has its
/// state directory for itself.
///
/// Healthy means that nothing which was started has died: neither the assembler nor a source. Ready
/// means that at least one source of evidence runs. While none does, the reasons name each source
/// that lacks something; the metrics `halfsecond_collector_source_up` and `…_degraded` always do.
public final class CollectorService implements AutoCloseable {
  private final LockedDirectory directory;
  private final Collector collector;
  private final PrometheusMeterRegistry registry;
  private final OpsServer server;
  private final Optional<SchemaWriter> schemas;

  private CollectorService(
      LockedDirectory directory,
      Collector collector,
      PrometheusMeterRegistry registry,
      OpsServer server,
      Optional<SchemaWriter> schemas) {
    this.directory = directory;
    this.collector = collector;
    this.registry = registry;
    this.server = server;
    this.schemas = schemas;
  }

  /// @throws IOException if the state directory is in use or cannot be used, or the address cannot
  ///   be bound
  /// @throws IllegalStateException if no source of evidence can run here
  public static CollectorService start(CollectorSettings settings, Endpoint http)
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
      LockedDirectory directory, CollectorSettings settings, Endpoint http) throws IOException {
    var registry = Metrics.registry();
    var collector = new Collector(settings, registry);
    Metrics.bindProcess(registry, "collector");
    try {
      var server =
          OpsServer.start(http, registry, () -> unhealthy(collector), () -> notReady(collector));
      var schemas = writeSchemas(settings);
      try {
        collector.start();
      } catch (RuntimeException e) {
        schemas.ifPresent(SchemaWriter::close);
        server.close();
        throw e;
      }
      return new CollectorService(directory, collector, registry, server, schemas);
    } catch (IOException | RuntimeException e) {
      collector.close();
      throw e;
    }
  }

  private static Optional<SchemaWriter> writeSchemas(CollectorSettings settings) {
    return settings.sink() instanceof KafkaSettings(var servers, var client)
        ? Optional.of(
            SchemaWriter.start(
                servers,
                client,
                Topics.of(settings.emitter().topicPrefix(), Topics.DEFAULT_PARTITIONS).schemas(),
                RecordSchemas.OF_COLLECTOR))
        : Optional.empty();
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
    schemas.ifPresent(SchemaWriter::close);
    collector.close();
    server.close();
    registry.close();
    directory.close();
  }
}
