package io.halfsecond.deploy.service;

import io.halfsecond.deploy.http.Endpoint;
import io.halfsecond.deploy.http.OpsServer;
import io.halfsecond.schemas.Waiting;
import io.halfsecond.streams.StreamsSettings;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.LongSupplier;

/// A topology that is started again whenever it has failed for a reason that passes: Kafka is away,
/// a right or a topic is missing, a disk is full. Until it can be started, its address tells what
/// it waits for.
///
/// It is another topology each time, with nothing of the one that has failed. Its counters begin
/// anew, as after a restart of the process.
///
/// Not safe for use by several threads.
public final class KeptTopology implements AutoCloseable {
  private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  /// After so long without a failure, the next one is another.
  private static final Duration LASTING = Duration.ofMinutes(1);

  /// Answers in place of a topology that is not running.
  private record Closed(PrometheusMeterRegistry registry, OpsServer server, Waiting why)
      implements AutoCloseable {
    private static Closed open(Endpoint http, Waiting why) throws IOException {
      var registry = Metrics.registry();
      Metrics.bindProcess(registry, "topology");
      Metrics.bindWaiting(registry, Tags.empty(), StreamService.REASONS, () -> List.of(why));
      Gauge.builder("halfsecond.topology.running", () -> 0).register(registry);
      return new Closed(
          registry, OpsServer.start(http, registry, List::of, () -> List.of(why.text())), why);
    }

    @Override
    public void close() {
      server.close();
      registry.close();
    }
  }

  private final Callable<StreamsSettings> settings;
  private final Endpoint http;
  private final ApiSettings api;
  private final LongSupplier nanos;
  private Optional<StreamService> running = Optional.empty();
  private Optional<Closed> closed = Optional.empty();
  private Optional<String> failure = Optional.empty();
  private Duration pause = Duration.ZERO;
  private long changedNanos;

  private KeptTopology(
      Callable<StreamsSettings> settings, Endpoint http, ApiSettings api, LongSupplier nanos) {
    this.settings = settings;
    this.http = http;
    this.api = api;
    this.nanos = nanos;
  }

  /// @param settings asks the cluster for its topics, and fails while they are not there
  /// @throws Exception if it cannot start for a reason that does not pass: the state directory is
  ///   in use, the address cannot be bound, a setting or a file is wrong
  public static KeptTopology start(
      Callable<StreamsSettings> settings, Endpoint http, ApiSettings api) throws Exception {
    var kept = new KeptTopology(settings, http, api, System::nanoTime);
    kept.begin();
    return kept;
  }

  /// Starts it again if it has failed and that is due. To be called about once a second; takes
  /// seconds if Kafka does not answer.
  ///
  /// @throws Exception as [#start]
  public void look() throws Exception {
    if (running.isPresent()) {
      var ended = running.get().failure();
      if (ended.isPresent()) {
        end(running.get(), ended.get());
      } else if (elapsed().compareTo(LASTING) > 0) {
        pause = Duration.ZERO;
      }
    } else if (failure.isEmpty() && elapsed().compareTo(pause) >= 0) {
      begin();
    }
  }

  private Duration elapsed() {
    return Duration.ofNanos(nanos.getAsLong() - changedNanos);
  }

  private void end(StreamService service, Throwable why) throws IOException {
    service.close();
    running = Optional.empty();
    var waiting = TopologyFailure.waiting(why);
    if (waiting.isPresent()) {
      pause(waiting.get());
    } else {
      failure = Optional.of("the topology has failed: " + TopologyFailure.explain(why));
    }
  }

  private void begin() throws Exception {
    try {
      var found = settings.call();
      closed.ifPresent(Closed::close);
      closed = Optional.empty();
      running = Optional.of(StreamService.start(found, http, api));
      changedNanos = nanos.getAsLong();
    } catch (IOException | RuntimeException e) {
      // What Kafka and disks do is known. Anything else that happens before it runs will happen
      // again: a file, an address, a defect.
      pause(
          TopologyFailure.waiting(e)
              .filter(waiting -> waiting.reason() != Waiting.Reason.RESTARTING)
              .orElseThrow(() -> e));
    }
  }

  private void pause(Waiting why) throws IOException {
    closed.ifPresent(Closed::close);
    closed = Optional.of(Closed.open(http, why));
    var doubled = pause.multipliedBy(2);
    pause =
        pause.isZero()
            ? SHORTEST_PAUSE
            : doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
    changedNanos = nanos.getAsLong();
  }

  /// Why it does not do its work now, and what to do; empty if it does.
  public List<Waiting> waiting() {
    return running
        .map(StreamService::waiting)
        .orElseGet(() -> closed.map(Closed::why).stream().toList());
  }

  /// Why it has failed for good, and what to do; empty while it has not.
  public Optional<String> failure() {
    return failure;
  }

  /// `http://host:port`
  public String url() {
    return running
        .map(StreamService::url)
        .or(() -> closed.map(now -> now.server().url()))
        .orElseThrow(() -> new IllegalStateException("it has ended"));
  }

  @Override
  public void close() {
    running.ifPresent(StreamService::close);
    closed.ifPresent(Closed::close);
  }
}
