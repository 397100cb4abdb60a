package io.halfsecond.deploy.service;

import io.halfsecond.deploy.broker.ClusterRole;
import io.halfsecond.deploy.broker.MissingRights;
import io.halfsecond.deploy.config.Configuration;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Says when it begins, and then once a minute, which rights a running process lacks: without some
/// it goes on, and without others it goes on until it needs them, to write an alert for example.
public final class RightsWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RightsWatch.class);
  private static final Duration PERIOD = Duration.ofSeconds(20);
  private static final Duration EVERY = Duration.ofMinutes(1);

  private final Supplier<MissingRights> ask;
  private final LongSupplier nanos;
  private final Consumer<String> say;
  private final ScheduledExecutorService looks =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofVirtual().name("halfsecond-rights").factory());
  private Optional<String> told = Optional.empty();
  private long toldNanos;

  RightsWatch(Supplier<MissingRights> ask, LongSupplier nanos, Consumer<String> say) {
    this.ask = ask;
    this.nanos = nanos;
    this.say = say;
  }

  /// Of this configuration's user.
  ///
  /// @param say takes each line, on another thread
  public static RightsWatch start(
      Configuration configuration, ClusterRole role, Consumer<String> say) {
    var watch =
        new RightsWatch(
            () -> {
              try (var admin = Clusters.admin(configuration)) {
                return Clusters.missingRights(configuration, admin, role);
              }
            },
            System::nanoTime,
            say);
    var _ =
        watch.looks.scheduleWithFixedDelay(
            watch::look, PERIOD.toSeconds(), PERIOD.toSeconds(), TimeUnit.SECONDS);
    return watch;
  }

  void look() {
    try {
      var missing = ask.get();
      if (!missing.none()) {
        long now = nanos.getAsLong();
        var what = Optional.of(missing.what());
        if (!told.equals(what) || now - toldNanos >= EVERY.toNanos()) {
          say.accept("%s; %s".formatted(what.get(), missing.remedy()));
          told = what;
          toldNanos = now;
        }
      } else if (told.isPresent()) {
        say.accept("no right is missing any more");
        told = Optional.empty();
      }
    } catch (KafkaException e) {
      // Others say that Kafka does not answer.
      LOG.debug("rights cannot be asked for", e);
    }
  }

  @Override
  public void close() {
    looks.shutdownNow();
  }
}
