package io.halfsecond.collector.source.probe;

import io.halfsecond.collector.event.ProbeEvent;
import io.halfsecond.collector.event.ProbeRound;
import io.halfsecond.collector.probe.Milestones;
import io.halfsecond.collector.probe.Probe;
import io.halfsecond.collector.probe.ProbePhase;
import io.halfsecond.collector.probe.SshProbe;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Predicate;

/// Makes rounds of probes: [ProbeSchedule#IDENTIFICATIONS] connections that leave once the server
/// has identified itself, and one that is followed until its user is refused. A connection that
/// fails before that ends the round.
///
/// Confined to one thread.
public final class Prober {
  /// During the first rounds the JVM interprets and compiles the client: key exchange took 120 ms,
  /// then 40, and 15 to 20 from the hundredth on. The banner is hardly affected.
  private static final int WARM_UP = 100;

  private final SshProbe client;
  private final Predicate<ProbeEvent> events;
  private int rounds;

  /// @param events receives an event before sshd can see a connection, events of its progress, and
  ///   one per round. A connection is not made if its event is refused: it would be taken for a
  ///   login.
  public Prober(SshProbe client, Predicate<ProbeEvent> events) {
    this.client = client;
    this.events = events;
  }

  /// Makes one round.
  ///
  /// @throws InterruptedException if the thread was interrupted; the round is then not reported
  public ProbeRound round(InetSocketAddress target) throws InterruptedException {
    long round = System.nanoTime();
    rounds++;
    var announced = new Announcements(round);
    var probes = new ArrayList<Probe>();
    do {
      boolean last = probes.size() == ProbeSchedule.IDENTIFICATIONS;
      probes.add(last ? client.probe(target, announced) : client.identify(target, announced));
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      if (startup(probes.getLast()).isEmpty()) {
        announced.left();
      }
    } while (probes.size() <= ProbeSchedule.IDENTIFICATIONS
        && startup(probes.getLast()).isPresent());
    var seen = seen(target, probes, announced.port);
    send(new ProbeEvent.RoundEnded(System.nanoTime(), round, seen));
    return seen;
  }

  /// If this event is refused, the assembler waits for it in vain, which is harmless.
  private void send(ProbeEvent event) {
    var _ = events.test(event);
  }

  /// The events of a round's connections. Sent at once, because sshd may finish a connection before
  /// the client does.
  private final class Announcements implements Milestones {
    private final long round;
    private OptionalInt port = OptionalInt.empty();

    private Announcements(long round) {
      this.round = round;
    }

    @Override
    public boolean bound(int number) {
      port = OptionalInt.of(number);
      return events.test(new ProbeEvent.Began(System.nanoTime(), round, number));
    }

    private void left() {
      port.ifPresent(number -> send(new ProbeEvent.Left(System.nanoTime(), number)));
    }

    @Override
    public void identified(long atNanos) {
      port.ifPresent(number -> send(new ProbeEvent.Identified(atNanos, number)));
    }
  }

  private ProbeRound seen(InetSocketAddress target, List<Probe> probes, OptionalInt port) {
    var last = probes.getLast();
    boolean followed = probes.size() > ProbeSchedule.IDENTIFICATIONS;
    return new ProbeRound(
        "%s:%d".formatted(target.getHostString(), target.getPort()),
        last.server().orElse(""),
        last.outcome(),
        last.detail(),
        Math.toIntExact(probes.stream().filter(probe -> startup(probe).isPresent()).count()),
        least(probes, ProbePhase.CONNECT),
        least(probes, ProbePhase.BANNER),
        warm(last, ProbePhase.KEX),
        warm(last, ProbePhase.AUTH),
        followed ? startup(last) : OptionalLong.empty(),
        followed ? port : OptionalInt.empty());
  }

  private OptionalLong warm(Probe probe, ProbePhase phase) {
    return rounds > WARM_UP ? probe.nanos(phase) : OptionalLong.empty();
  }

  private static OptionalLong least(List<Probe> probes, ProbePhase phase) {
    return probes.stream().flatMapToLong(probe -> probe.nanos(phase).stream()).min();
  }

  /// From the start until the server identified itself; empty if it did not.
  private static OptionalLong startup(Probe probe) {
    var connect = probe.nanos(ProbePhase.CONNECT);
    var banner = probe.nanos(ProbePhase.BANNER);
    return connect.isPresent() && banner.isPresent()
        ? OptionalLong.of(connect.getAsLong() + banner.getAsLong())
        : OptionalLong.empty();
  }
}
