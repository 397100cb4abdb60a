package io.halfsecond.collector.source.probe;

import io.halfsecond.collector.event.ProbeEvent;
import io.halfsecond.collector.event.ProbeRound;
import io.halfsecond.collector.probe.SshProbe;
import io.halfsecond.collector.source.Source;
import io.halfsecond.collector.source.SourceMeter;
import io.halfsecond.collector.source.SourceMeter.Condition;
import io.halfsecond.collector.source.SourceMeter.Reason;
import io.halfsecond.schemas.ProbeOutcome;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Probes this host's own sshd, round after round: four connections that leave once sshd has
/// identified itself, and one that is followed until a user who does not exist is refused.
///
/// **Guarantees** one connection at a time, each of at most [#LIMIT]; a pace below sshd's
/// penalties, see [ProbeSchedule]; every connection is announced before sshd can see it, so that it
/// is never taken for a login.
public final class ProbeSource implements Source {
  /// A probe does not wait for the server's LoginGraceTime of two minutes.
  private static final Logger LOG = LoggerFactory.getLogger(ProbeSource.class);

  static final Duration LIMIT = Duration.ofSeconds(10);

  private final ProbeSettings settings;
  private final Supplier<Optional<InetSocketAddress>> listener;
  private final ProbeSchedule schedule;
  private final SourceMeter meter = new SourceMeter();
  private @Nullable Thread thread;

  /// @param listener where sshd listens; queried if no target is set, and again after a round that
  ///   did not end as expected
  public ProbeSource(
      ProbeSettings settings,
      Supplier<Optional<InetSocketAddress>> listener,
      RandomGenerator random) {
    this.settings = settings;
    this.listener = listener;
    this.schedule = new ProbeSchedule(settings.interval(), random);
    meter.become(Condition.STOPPED, "not started");
  }

  @Override
  public SourceMeter meter() {
    return meter;
  }

  @Override
  public synchronized void start(EventSink sink) {
    if (thread != null) {
      throw new IllegalStateException("started already");
    }
    meter.become(Condition.RUNNING, "the first round has not ended yet");
    thread = Thread.ofVirtual().name("halfsecond-probe").start(() -> run(sink));
  }

  @Override
  public synchronized void close() {
    if (thread == null) {
      return;
    }
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    thread = null;
    meter.become(Condition.STOPPED, "closed");
  }

  private void run(EventSink sink) {
    try {
      var prober = new Prober(new SshProbe(LIMIT), event -> give(sink, meter, event));
      var target = Optional.<InetSocketAddress>empty();
      var pause = schedule.first();
      while (true) {
        Thread.sleep(pause);
        target = target.or(this::configured).or(listener);
        if (target.isEmpty()) {
          meter.become(
              Condition.DEGRADED,
              "no listening sshd found; searching again every %d s"
                  .formatted(settings.interval().toSeconds()));
          pause = schedule.next();
          continue;
        }
        var round = prober.round(target.get());
        pause = penalised(round) ? schedule.turnedAway() : schedule.next();
        report(round, pause);
        meter.worked(pause.plus(LIMIT));
        if (round.outcome() != ProbeOutcome.REFUSED) {
          target = Optional.empty();
        }
      }
    } catch (InterruptedException _) {
      // close() was called.
    } catch (RuntimeException | Error e) {
      LOG.error("the probe ended", e);
      meter.become(Condition.UNAVAILABLE, "the probe ended: " + e);
    }
  }

  /// MaxStartups is no penalty: it turns away anybody while many connect at once.
  private static boolean penalised(ProbeRound round) {
    return round.outcome() == ProbeOutcome.THROTTLED
        && !round.detail().startsWith("Exceeded MaxStartups");
  }

  /// The name is resolved each time.
  private Optional<InetSocketAddress> configured() {
    return settings
        .target()
        .map(name -> new InetSocketAddress(name.getHostString(), name.getPort()));
  }

  private void report(ProbeRound round, Duration pause) {
    switch (round.outcome()) {
      case REFUSED ->
          meter.become(
              Condition.RUNNING,
              "probes %s every %d s".formatted(round.target(), settings.interval().toSeconds()));
      case THROTTLED ->
          meter.become(
              Condition.DEGRADED,
              "%s turns this host's own address away: \"%s\"; next attempt in %d s. See PerSourcePenaltyExemptList in sshd_config(5)"
                  .formatted(round.target(), round.detail(), pause.toSeconds()));
      case ACCEPTED, UNREACHABLE, TIMED_OUT, NOT_SSH, CLOSED, FAILED, UNKNOWN ->
          meter.become(
              Condition.DEGRADED,
              "%s: %s %s".formatted(round.target(), round.outcome(), round.detail()).strip());
    }
  }

  static boolean give(EventSink sink, SourceMeter meter, ProbeEvent event) {
    meter.read();
    boolean taken = sink.offer(event);
    if (!taken) {
      meter.dropped(Reason.QUEUE_FULL);
    }
    return taken;
  }
}
