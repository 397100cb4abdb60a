package io.halfsecond.collector.tamper;

import io.halfsecond.collector.event.ExitStatus;
import io.halfsecond.collector.event.KernelEvent;
import io.halfsecond.collector.event.KernelEvent.Program;
import io.halfsecond.collector.inventory.host.FileIdentity;
import io.halfsecond.collector.sshd.SshdPrograms;
import io.halfsecond.schemas.Statement;
import io.halfsecond.schemas.TamperFact;
import io.halfsecond.schemas.Tier;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongFunction;

/// Finds programs that a process of a connection executes before anybody is authenticated, as root
/// or as sshd's unprivileged user, and that are not [KnownPrograms].
///
/// A connection is before authentication as long as its preauth child lives. What a program
/// executes in turn is not judged again: its first program is.
///
/// Silent by design: see docs/measure.md.
///
/// Safe for use by several threads. **Assumes** events in the kernel's order.
public final class EarlyExec {
  public static final String RULE = "early-exec";

  private static final String ABOUT = "a program ran before authentication";

  /// A program is told no more often: each connection may run it.
  static final Duration TOLD_EVERY = Duration.ofMinutes(10);

  private static final int ROOT = 0;
  private static final int MOST_PROCESSES = 16_384;
  private static final int MOST_HELD = 256;
  private static final int MOST_TOLD = 1_024;

  private static final class Connection {
    Optional<Integer> preauth = Optional.empty();
    boolean over;

    boolean isBeforeAuthentication() {
      return preauth.isPresent() && !over;
    }
  }

  /// A process below a listener.
  ///
  /// @param parent empty for a monitor
  private record Member(int pid, Optional<Integer> parent, Connection connection) {}

  private record Held(long atNanos, Program program, List<String> chain) {}

  private final Set<Integer> privsepUids;
  private final KnownPrograms known;
  private final LongFunction<Instant> wall;
  private final Set<Integer> listeners = new HashSet<>();

  /// The oldest first.
  private final Map<Integer, Member> processes = new LinkedHashMap<>();

  /// The name of the program that each of them executes; absent for that of its parent.
  private final Map<Integer, String> names = new HashMap<>();

  /// Those that were judged, or descend from one that was.
  private final Set<Integer> judged = new HashSet<>();

  private final List<Held> held = new ArrayList<>();
  private final Map<String, Long> toldAt = new LinkedHashMap<>();

  /// @param privsepUids those of the preauth child
  /// @param wall the wall time of a time on `CLOCK_MONOTONIC`
  public EarlyExec(Set<Integer> privsepUids, KnownPrograms known, LongFunction<Instant> wall) {
    this.privsepUids = Set.copyOf(privsepUids);
    this.known = known;
    this.wall = wall;
  }

  /// Takes each event of the kernel.
  public synchronized void see(KernelEvent event) {
    switch (event) {
      case KernelEvent.ListenerFound(var _, int pid, var name) -> {
        forget(pid);
        listeners.add(pid);
        names.put(pid, name);
      }
      case KernelEvent.Forked(var _, int parent, int pid, var _) -> forked(parent, pid);
      case KernelEvent.Executed executed -> executed(executed);
      case KernelEvent.UserChanged(var _, int pid, int realUid, var _, var _) -> {
        var process = processes.get(pid);
        if (process != null
            && privsepUids.contains(realUid)
            && process.connection().preauth.isEmpty()
            && process.parent().filter(this::isMonitor).isPresent()) {
          process.connection().preauth = Optional.of(pid);
        }
      }
      case KernelEvent.Exited(var _, int pid, var _, ExitStatus _, var _) -> {
        listeners.remove(pid);
        var process = processes.get(pid);
        if (process != null && process.connection().preauth.filter(n -> n == pid).isPresent()) {
          process.connection().over = true;
        }
        forget(pid);
      }
      // Which of the processes live, and what they are, is not known any more.
      case KernelEvent.Lost _ -> {
        processes.clear();
        judged.clear();
        names.keySet().retainAll(listeners);
      }
      // Nobody has a session before authentication.
      case KernelEvent.ConnectionFound _,
          KernelEvent.SessionLed _,
          KernelEvent.Accounted _,
          KernelEvent.ProgramStarted _,
          KernelEvent.ProgramsCounted _ -> {}
    }
  }

  private boolean isMonitor(int pid) {
    var process = processes.get(pid);
    return process != null && process.parent().isEmpty();
  }

  private void forked(int parent, int pid) {
    forget(pid);
    var above = processes.get(parent);
    if (above != null) {
      processes.put(pid, new Member(pid, Optional.of(parent), above.connection()));
      if (judged.contains(parent)) {
        judged.add(pid);
      }
    } else if (listeners.contains(parent)) {
      processes.put(pid, new Member(pid, Optional.empty(), new Connection()));
    }
    if (processes.size() > MOST_PROCESSES) {
      forget(processes.keySet().iterator().next());
    }
  }

  private void executed(KernelEvent.Executed executed) {
    int pid = executed.pid();
    var process = processes.get(pid);
    if (process == null) {
      return;
    }
    names.put(pid, executed.executable());
    if (process.connection().isBeforeAuthentication()
        && process.parent().isPresent()
        && executed.program().filter(this::isPrivileged).isPresent()
        && judged.add(pid)
        && held.size() < MOST_HELD) {
      held.add(new Held(executed.atNanos(), executed.program().get(), chain(process)));
    }
  }

  /// Whoever has dropped to another user can do no more than that user.
  private boolean isPrivileged(Program program) {
    return program.realUid() == ROOT || privsepUids.contains(program.realUid());
  }

  /// From the monitor to the process.
  private List<String> chain(Member process) {
    var chain = new ArrayList<String>();
    for (var each = Optional.of(process);
        each.isPresent();
        each = each.get().parent().map(processes::get)) {
      chain.addFirst("%s %d".formatted(name(each.get()), each.get().pid()));
    }
    return chain;
  }

  private String name(Member process) {
    var own = names.get(process.pid());
    return own != null
        ? own
        : process.parent().map(processes::get).map(this::name).orElse(SshdPrograms.SSHD);
  }

  private void forget(int pid) {
    processes.remove(pid);
    judged.remove(pid);
    names.remove(pid);
  }

  /// To be called several times a second.
  ///
  /// @return what is to be told now
  public List<Finding> judge(long now) {
    List<Held> taken;
    synchronized (this) {
      taken = List.copyOf(held);
      held.clear();
    }
    var facts = new ArrayList<TamperFact>();
    for (var each : taken) {
      if (!known.isKnown(each.program(), wall.apply(now)) && isDue(each.program().path(), now)) {
        facts.add(fact(each));
      }
    }
    return facts.isEmpty() ? List.of() : List.of(new Finding(RULE, ABOUT, Tier.STEP, facts, false));
  }

  private boolean isDue(String path, long now) {
    var last = toldAt.get(path);
    if (last != null && now - last < TOLD_EVERY.toNanos()) {
      return false;
    }
    toldAt.remove(path);
    toldAt.put(path, now);
    if (toldAt.size() > MOST_TOLD) {
      toldAt.remove(toldAt.keySet().iterator().next());
    }
    return true;
  }

  private TamperFact fact(Held found) {
    var program = found.program();
    return Finding.fact(
        program.path(),
        new Statement(
            "kernel",
            "%s (device %s, inode %d) was executed %s at %s, while nobody was authenticated"
                .formatted(
                    program.path(),
                    FileIdentity.device(program.device()),
                    program.inode(),
                    program.realUid() == ROOT ? "as root" : "as sshd's unprivileged user",
                    wall.apply(found.atNanos()))),
        new Statement("processes", String.join(" → ", found.chain())),
        new Statement("configuration", "no part of sshd's or PAM's names this program"));
  }
}
