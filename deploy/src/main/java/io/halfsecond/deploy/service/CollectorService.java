package io.halfsecond.deploy.service;

import io.halfsecond.collector.Collector;
import io.halfsecond.collector.CollectorSettings;
import io.halfsecond.collector.sink.KafkaSettings;
import io.halfsecond.deploy.broker.ClusterRole;
import io.halfsecond.deploy.directory.LockedDirectory;
import io.halfsecond.deploy.directory.NativeLibraries;
import io.halfsecond.deploy.http.Endpoint;
import io.halfsecond.deploy.http.OpsServer;
import io.halfsecond.schemas.RecordSchemas;
import io.halfsecond.schemas.Topics;
import io.halfsecond.schemas.Waiting;
import io.halfsecond.schemas.Waiting.Reason;
import io.halfsecond.schemas.travel.SchemaWriter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A collector with its metrics and health on a port. Runs from [#start] to [#close] and has its
/// state directory for itself.
///
/// Healthy means that nothing which was started has died: neither the assembler nor a source. Ready
/// means that it does its work now: a source of evidence runs, none was lost, and what is made of
/// it is acknowledged by Kafka within seconds. The reasons against it say what is missing and what
/// mends that, as does the metric `halfsecond_waiting`.
public final class CollectorService implements AutoCloseable {
  private final LockedDirectory directory;
  private final Collector collector;
  private final PrometheusMeterRegistry registry;
  private final OpsServer server;
  private final Optional<SchemaWriter> schemas;
  private final Map<String, String> kafka;

  private CollectorService(
      LockedDirectory directory,
      Collector collector,
      PrometheusMeterRegistry registry,
      OpsServer server,
      Optional<SchemaWriter> schemas,
      Map<String, String> kafka) {
    this.directory = directory;
    this.collector = collector;
    this.registry = registry;
    this.server = server;
    this.schemas = schemas;
    this.kafka = kafka;
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
    Metrics.bindWaiting(
        registry,
        Tags.of("host", settings.host().name()),
        EnumSet.of(
            Reason.BROKER,
            Reason.AUTHENTICATION,
            Reason.AUTHORIZATION,
            Reason.TOPICS,
            Reason.SPOOL,
            Reason.SOURCE,
            Reason.CATCHING_UP),
        () -> waiting(collector, kafka(settings)));
    try {
      var server =
          OpsServer.start(
              http,
              registry,
              () -> unhealthy(collector),
              () -> Waiting.texts(waiting(collector, kafka(settings))));
      var schemas = writeSchemas(settings);
      try {
        collector.start();
      } catch (RuntimeException e) {
        schemas.ifPresent(SchemaWriter::close);
        server.close();
        throw e;
      }
      return new CollectorService(directory, collector, registry, server, schemas, kafka(settings));
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

  private static Map<String, String> kafka(CollectorSettings settings) {
    return settings.sink() instanceof KafkaSettings(_, var client) ? client : Map.of();
  }

  /// @param kafka client settings beyond the bootstrap servers
  private static List<Waiting> waiting(Collector collector, Map<String, String> kafka) {
    return collector.waiting().stream().map(waiting -> withRemedy(waiting, kafka)).toList();
  }

  private static Waiting withRemedy(Waiting waiting, Map<String, String> kafka) {
    var remedy =
        switch (waiting.reason()) {
          case BROKER -> Remedies.BROKER;
          case AUTHENTICATION -> Remedies.LOGIN;
          case AUTHORIZATION -> Remedies.rights(ClusterRole.COLLECTOR, kafka);
          // Who may not write a topic may not know whether it is there.
          case TOPICS -> Remedies.TOPICS + ", or " + Remedies.rights(ClusterRole.COLLECTOR, kafka);
          case SPOOL -> "free space where collector.state-directory is";
          case SOURCE -> "halfsecond doctor says what it lacks";
          case CATCHING_UP, JOINING, RESTARTING, SCHEMA_REGISTRY, STATE_DISK -> "";
        };
    return remedy.isEmpty()
        ? waiting
        : new Waiting(waiting.reason(), waiting.text() + "; " + remedy);
  }

  /// Why it does not do its work now, and what to do; empty if it does.
  public List<Waiting> waiting() {
    return waiting(collector, kafka);
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
