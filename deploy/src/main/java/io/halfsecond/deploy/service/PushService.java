package io.halfsecond.deploy.service;

import io.halfsecond.deploy.config.Configuration;
import io.halfsecond.deploy.http.Endpoint;
import io.halfsecond.deploy.http.OpsServer;
import io.halfsecond.deploy.push.PushSettings;
import io.halfsecond.deploy.terminal.Causes;
import io.halfsecond.schemas.Topics;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.common.errors.InterruptException;

/// Pushes alerts, with metrics and health on a port, from [#start] to [#close]. Each way has a
/// thread and a reader of its own: a webhook that does not answer delays no page.
public final class PushService implements AutoCloseable {
  /// The position of the webhook, among those of `halfsecond alerts --resume`.
  public static final String POSITION = "push";

  private final Stop stop = new Stop();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final PrometheusMeterRegistry registry = Metrics.registry();
  private final List<Push> ways = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private Optional<OpsServer> server = Optional.empty();

  private PushService() {}

  /// @throws IOException if the address cannot be bound
  /// @throws org.apache.kafka.common.KafkaException if the cluster lacks the topic, cannot be
  ///   reached, or refuses
  public static PushService start(Configuration configuration, PushSettings settings, Endpoint http)
      throws IOException {
    var service = new PushService();
    try {
      service.begin(configuration, settings, http);
      return service;
    } catch (IOException | RuntimeException e) {
      service.close();
      throw e;
    }
  }

  private void begin(Configuration configuration, PushSettings settings, Endpoint http)
      throws IOException {
    var clock = InstantSource.system();
    settings
        .alertmanagers()
        .ifPresent(
            alertmanagers ->
                ways.add(
                    new AlertmanagerPush(
                        Clusters.reader(configuration, Topics::alerts, Instant.EPOCH),
                        alertmanagers,
                        settings.tls(),
                        clock,
                        registry)));
    settings
        .webhook()
        .ifPresent(
            webhook ->
                ways.add(
                    new WebhookPush(
                        Clusters.alertsReader(configuration, POSITION, clock.instant()),
                        webhook,
                        settings.tls(),
                        clock,
                        registry)));
    Metrics.bindProcess(registry, "push");
    server =
        Optional.of(OpsServer.start(http, registry, () -> List.copyOf(failures), this::troubles));
    ways.forEach(
        way -> threads.add(Thread.ofPlatform().name("push-" + way.name()).start(() -> run(way))));
  }

  private void run(Push way) {
    try {
      way.run(stop);
    } catch (RuntimeException e) {
      failures.add("%s: %s".formatted(way.name(), Causes.text(e)));
    }
  }

  /// Why it cannot go on; empty while it can.
  public Optional<String> failure() {
    return Optional.ofNullable(failures.peek());
  }

  /// Why not all is delivered; empty if it is.
  public List<String> troubles() {
    return ways.stream().flatMap(way -> way.troubles().stream()).toList();
  }

  /// `http://host:port`
  public String url() {
    return server.orElseThrow().url();
  }

  @Override
  public void close() {
    stop.request();
    try {
      for (var thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    } finally {
      ways.forEach(Push::close);
      server.ifPresent(OpsServer::close);
      registry.close();
    }
  }
}
