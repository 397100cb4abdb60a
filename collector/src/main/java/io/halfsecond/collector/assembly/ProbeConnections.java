package io.halfsecond.collector.assembly;

import io.halfsecond.collector.assembly.Result.ProbeTag;
import io.halfsecond.collector.assembly.Result.Timing;
import io.halfsecond.collector.event.ProbeEvent;
import io.halfsecond.collector.sshd.ServerIdentification;
import io.halfsecond.schemas.Role;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// Recognises the connections of the active probe, and keeps the kernel's figures of them.
///
/// The log names the client's port. Without it, a connection whose monitor was forked soon after
/// the probe began to connect may be the probe's; it is certainly the probe's if it is the only one
/// and the server has identified itself. Uncertain ones are tagged too: leaving out a login is the
/// smaller mistake. That concerns the logins of 50 ms a minute as a rule and of half a second at
/// worst, however slow sshd is, because a listener forks before its child is slow.
final class ProbeConnections {
  /// Longer than the events of a probe's connection take to arrive.
  private static final long REMEMBERED_NANOS = Duration.ofMinutes(2).toNanos();

  /// From connecting to the fork of the monitor on a loaded host. The listener only wakes up and
  /// accepts.
  private static final long FORKED_WITHIN_NANOS = Duration.ofMillis(100).toNanos();

  private static final class ProbeAttempt {
    final long round;
    final int port;
    final long beganNanos;

    /// When sshd had identified itself or the connection was over.
    long waitedUntilNanos = Long.MAX_VALUE;

    boolean identified;

    /// The forks of the first two monitors since. With more than one nothing is certain.
    final List<Long> forks = new ArrayList<>(2);

    /// What the kernel showed of the connection, if that is certain.
    Optional<KernelView> kernel = Optional.empty();

    ProbeAttempt(ProbeEvent.Began began) {
      this.round = began.round();
      this.port = began.port();
      this.beganNanos = began.atNanos();
    }

    boolean awaited(long atNanos) {
      return beganNanos <= atNanos
          && atNanos <= waitedUntilNanos
          && atNanos <= beganNanos + FORKED_WITHIN_NANOS;
    }

    /// A monitor is forked before it identifies itself. Without that, the fork may come after the
    /// client has left.
    boolean mayHaveForked(long atNanos) {
      return beganNanos <= atNanos && !(identified && atNanos > waitedUntilNanos);
    }

    /// Turned away without a fork, or not served: monitors forked meanwhile serve other clients.
    boolean unserved() {
      return waitedUntilNanos < Long.MAX_VALUE && !identified;
    }

    boolean alone() {
      return identified && forks.stream().filter(this::awaited).count() == 1;
    }

    ProbeTag tag(boolean certain) {
      return new ProbeTag(round, port, certain);
    }
  }

  /// @param monitorNanos from the fork of the monitor to that of the preauth child, if there was
  ///   one
  /// @param preauth whether there was a preauth child
  /// @param greeter the process that sent the server's identification, as far as the connection by
  ///   itself shows it
  private record KernelView(
      Timing startup,
      OptionalLong monitorNanos,
      boolean preauth,
      Role greeter,
      ListenerHistory history) {
    static KernelView of(Connection connection) {
      var figures = connection.figures();
      return new KernelView(
          figures.startup(),
          figures.monitorNanos(),
          connection.preauth().isPresent(),
          connection.preauth().filter(child -> child.executed).isPresent()
              ? Role.UNKNOWN
              : Role.MONITOR,
          connection.history);
    }
  }

  private record AwaitedRound(long untilNanos, ProbeEvent.RoundEnded round) {}

  private final long patienceNanos;
  private final Deque<ProbeAttempt> attempts = new ArrayDeque<>();
  private final Deque<AwaitedRound> pending = new ArrayDeque<>();

  /// @param patience how long after the end of a round its connection may be undecided
  ProbeConnections(Duration patience) {
    this.patienceNanos = patience.toNanos();
  }

  /// @return the rounds that became complete
  List<Result> accept(ProbeEvent event) {
    switch (event) {
      case ProbeEvent.Began began -> attempts.addLast(new ProbeAttempt(began));
      case ProbeEvent.Identified(long at, int port) ->
          attempt(port)
              .ifPresent(
                  attempt -> {
                    attempt.waitedUntilNanos = at;
                    attempt.identified = true;
                  });
      case ProbeEvent.Left(long at, int port) ->
          attempt(port).ifPresent(attempt -> attempt.waitedUntilNanos = at);
      case ProbeEvent.RoundEnded ended ->
          pending.addLast(new AwaitedRound(ended.atNanos() + patienceNanos, ended));
    }
    return complete(event.atNanos());
  }

  /// A monitor was forked.
  void onForked(long atNanos) {
    for (var attempt : attempts) {
      if (attempt.awaited(atNanos) && attempt.forks.size() < 2) {
        attempt.forks.add(atNanos);
      }
    }
  }

  /// The tag of a connection that is, or may be, the probe's.
  ///
  /// @param forkedAtNanos when its monitor was forked
  /// @param port the client's, as logged
  Optional<ProbeTag> tag(long forkedAtNanos, OptionalInt port) {
    if (port.isPresent()) {
      return attempt(port.getAsInt())
          .filter(attempt -> attempt.mayHaveForked(forkedAtNanos))
          .map(attempt -> attempt.tag(true));
    }
    return attempts.stream()
        .filter(attempt -> attempt.awaited(forkedAtNanos) && !attempt.unserved())
        .findFirst()
        .map(attempt -> attempt.tag(attempt.alone()));
  }

  /// The tag of a connection that only the log shows.
  Optional<ProbeTag> tag(OptionalInt port) {
    return port.isEmpty()
        ? Optional.empty()
        : attempt(port.getAsInt()).map(attempt -> attempt.tag(true));
  }

  /// Keeps what the kernel showed of a connection, if it is certainly the probe's and nothing was
  /// lost.
  void onDecided(ProbeTag tag, Connection connection) {
    if (tag.certain() && !connection.uncertain()) {
      attempt(tag.port())
          .ifPresent(attempt -> attempt.kernel = Optional.of(KernelView.of(connection)));
    }
  }

  /// @return the rounds that are complete, or have waited long enough
  List<Result> complete(long now) {
    var results = new ArrayList<Result>();
    pending.removeIf(
        waiting -> {
          var probed = probed(waiting.round(), now >= waiting.untilNanos());
          probed.ifPresent(results::add);
          return probed.isPresent();
        });
    while (!attempts.isEmpty() && attempts.getFirst().beganNanos + REMEMBERED_NANOS < now) {
      attempts.removeFirst();
    }
    return results;
  }

  /// @param overdue whether to do without what is missing
  /// @return empty if something is missing
  private Optional<Result> probed(ProbeEvent.RoundEnded round, boolean overdue) {
    var port = round.seen().followedPort();
    var followed = port.isPresent() ? attempt(port.getAsInt()) : Optional.<ProbeAttempt>empty();
    var kernel = followed.flatMap(attempt -> attempt.kernel);
    var greeter = kernel.map(KernelView::greeter).orElse(Role.UNKNOWN);
    if (greeter == Role.UNKNOWN) {
      greeter = greeter(round.round(), port);
    }
    if (!overdue && port.isPresent() && (kernel.isEmpty() || greeter == Role.UNKNOWN)) {
      return Optional.empty();
    }
    if (greeter == Role.UNKNOWN) {
      greeter =
          ServerIdentification.sentByPreauthChild(round.seen().server())
              ? Role.PREAUTH
              : Role.MONITOR;
    }
    var known = greeter;
    kernel.ifPresent(view -> view.history().onGreeter(known));
    return Optional.of(
        new Result.Probed(
            round.round(),
            round.atNanos(),
            round.seen(),
            kernel.map(KernelView::startup).orElse(Timing.UNKNOWN),
            greeter,
            kernel
                .map(
                    view ->
                        known == Role.PREAUTH ? view.startup().wallNanos() : view.monitorNanos())
                .orElse(OptionalLong.empty())));
  }

  /// By the connections of the round that left once the server had identified itself: they have a
  /// preauth child only if that sent the identification. Unknown if the kernel shows none of them.
  private Role greeter(long round, OptionalInt followedPort) {
    return attempts.stream()
        .filter(attempt -> attempt.round == round && attempt.identified)
        .filter(attempt -> followedPort.isEmpty() || attempt.port != followedPort.getAsInt())
        .flatMap(attempt -> attempt.kernel.stream())
        .map(view -> view.preauth() ? Role.PREAUTH : Role.MONITOR)
        .findFirst()
        .orElse(Role.UNKNOWN);
  }

  /// The newest attempt from that port: a port may be used twice.
  private Optional<ProbeAttempt> attempt(int port) {
    return attempts.reversed().stream().filter(attempt -> attempt.port == port).findFirst();
  }
}
