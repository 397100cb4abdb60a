package io.halfsecond.deploy.cli;

import io.halfsecond.deploy.broker.FirstContact;
import io.halfsecond.deploy.config.Catalogue;
import io.halfsecond.deploy.config.Configuration;
import io.halfsecond.deploy.service.CollectorService;
import io.halfsecond.deploy.service.ServiceManager;
import io.halfsecond.deploy.service.Settings;
import io.halfsecond.deploy.service.Stop;
import io.halfsecond.deploy.service.WaitLog;
import io.halfsecond.schemas.Waiting;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// What `halfsecond collect` does, with picocli ([CollectCommand]) and without ([CollectMain]).
final class Collecting {
  private static final Duration BETWEEN_CHECKS = Duration.ofSeconds(1);

  private Collecting() {}

  /// Runs a collector until it is stopped, or has failed for good.
  ///
  /// @return the exit status
  static int run(
      Configuration configuration, Map<String, String> environment, PrintWriter err, Stop stop)
      throws IOException, InterruptedException {
    FirstContact.refuseMismatch(
            configuration.get(Catalogue.BOOTSTRAP_SERVERS), configuration.kafka())
        .ifPresent(why -> err.println("halfsecond collect: records wait in the spool: " + why));
    var failure = failure(configuration, ServiceManager.of(environment), err, stop);
    // The last line, after everything has ended and logged what it had to. The service manager
    // restarts a collector that has failed; it does not recover by itself.
    failure.ifPresent(why -> err.println("halfsecond collect: " + why));
    return failure.isEmpty() ? ExitStatus.DONE : ExitStatus.FINDING_OR_FAILURE;
  }

  /// @return why a part has failed, and what to do; empty if it was stopped
  private static Optional<String> failure(
      Configuration configuration, ServiceManager manager, PrintWriter err, Stop stop)
      throws IOException, InterruptedException {
    try (var collector =
        CollectorService.start(
            Settings.collector(configuration), Settings.collectorHttp(configuration))) {
      err.println("collecting; metrics at " + collector.url() + "/metrics");
      var waits = new WaitLog(System::nanoTime, line -> err.println("halfsecond collect: " + line));
      manager.look(Waiting.texts(collector.waiting()));
      while (collector.failure().isEmpty() && !stop.await(BETWEEN_CHECKS)) {
        var waiting = collector.waiting();
        waits.look(waiting);
        manager.look(Waiting.texts(waiting));
      }
      manager.stopping();
      return collector.failure();
    }
  }
}
