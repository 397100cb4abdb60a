package io.halfsecond.collector.tamper;

import io.halfsecond.collector.event.ExitStatus;
import io.halfsecond.collector.event.KernelEvent;
import io.halfsecond.collector.event.KernelEvent.Program;
import io.halfsecond.collector.event.KernelEvent.RanProgram;
import io.halfsecond.collector.inventory.host.FileIdentity;
import io.halfsecond.collector.sshd.SshdPrograms;
import io.halfsecond.schemas.Statement;
import io.halfsecond.schemas.TamperFact;
import io.halfsecond.schemas.Tier;
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

  private static final int ROOT = 0;
  private static final int MOST_PROCESSES = 16_384;
  private static final int MOST_HELD = 256;

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

  /// What is to be judged.
  ///
  /// @param program empty if the process was gone before it could be looked at
  /// @param ran by the kernel's account of the process; empty if the program is there
  private record Held(
      long atNanos, Optional<Program> program, Optional<RanProgram> ran, List<String> chain) {}

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

  /// Processes that were gone before their program could be looked at, the oldest first. Their
  /// accounts come from another socket than the other events, before or after them.
  private final Map<Integer, Held> unseen = new LinkedHashMap<>();

  private final Map<Integer, RanProgram> accounts = new LinkedHashMap<>();

  private final List<Held> held = new ArrayList<>();
  private final ToldRecently told = new ToldRecently();

  /// @param privsepUids those of the preauth child
  /// @param wall the wall time of a time on `CLOCK_MONOTONIC`
  public EarlyExec(Set<Integer> privsepUids, KnownPrograms known, LongFunction<Instant> wall) {
    this.privsepUids = Set.copyOf(privsepUids);
    this.known = known;
    this.wall = wall;
  }

  /// Takes each event of the kernel.
  ///
  /// @return whether there is something to judge
  public synchronized boolean see(KernelEvent event) {
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
      case KernelEvent.Accounted(var _, int pid, var _, var ran) ->
          ran.ifPresent(program -> accounted(pid, program));
      // Which of the processes live, and what they are, is not known any more.
      case KernelEvent.Lost _ -> {
        processes.clear();
        judged.clear();
        names.keySet().retainAll(listeners);
        unseen.clear();
        accounts.clear();
      }
      // Nobody has a session before authentication.
      case KernelEvent.ConnectionFound _,
          KernelEvent.SessionLed _,
          KernelEvent.EnvironmentSeen _,
          KernelEvent.ProgramStarted _,
          KernelEvent.ProgramsCounted _ -> {}
    }
    return !held.isEmpty();
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
    if (!process.connection().isBeforeAuthentication()
        || process.parent().isEmpty()
        || judged.contains(pid)) {
      return;
    }
    var found = new Held(executed.atNanos(), executed.program(), Optional.empty(), chain(process));
    if (executed.program().isEmpty()) {
      var ran = accounts.remove(pid);
      if (ran == null) {
        keep(unseen, pid, found);
      } else {
        judge(pid, found, ran);
      }
    } else if (isPrivileged(executed.program().get().realUid())) {
      hold(pid, found);
    }
  }

  /// The account of a process that has ended, or is about to.
  private void accounted(int pid, RanProgram ran) {
    var found = unseen.remove(pid);
    var process = processes.get(pid);
    if (found != null) {
      judge(pid, found, ran);
    } else if (process != null && process.connection().isBeforeAuthentication()) {
      keep(accounts, pid, ran);
    }
  }

  private void judge(int pid, Held found, RanProgram ran) {
    if (isPrivileged(ran.realUid())) {
      names.putIfAbsent(pid, ran.name());
      hold(pid, new Held(found.atNanos(), Optional.empty(), Optional.of(ran), found.chain()));
    }
  }

  private void hold(int pid, Held found) {
    judged.add(pid);
    if (held.size() < MOST_HELD) {
      held.add(found);
    }
  }

  private static <V> void keep(Map<Integer, V> map, int pid, V value) {
    map.put(pid, value);
    if (map.size() > MOST_HELD) {
      map.remove(map.keySet().iterator().next());
    }
  }

  /// Whoever has dropped to another user can do no more than that user.
  private boolean isPrivileged(int uid) {
    return uid == ROOT || privsepUids.contains(uid);
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
    accounts.remove(pid);
    judged.remove(pid);
    names.remove(pid);
  }

  /// To be called when there is something to judge.
  ///
  /// @return what is to be told now
  public List<Finding> judge(long now) {
    List<Held> taken;
    synchronized (this) {
      taken = List.copyOf(held);
      held.clear();
    }
    var facts = new ArrayList<TamperFact>();
    var unknown = new ArrayList<TamperFact>();
    for (var each : taken) {
      var program =
          each.program().or(() -> each.ran().flatMap(ran -> known.find(ran, wall.apply(now))));
      if (program.isPresent()) {
        if (!known.isKnown(program.get(), wall.apply(now))
            && told.isDue(program.get().path(), now)) {
          facts.add(fact(each, program.get()));
        }
      } else if (each.ran().isPresent() && told.isDue(object(each.ran().get()), now)) {
        unknown.add(fact(each, each.ran().get()));
      }
    }
    var findings = new ArrayList<Finding>();
    if (!facts.isEmpty()) {
      findings.add(new Finding(RULE, ABOUT, Tier.STEP, facts, false));
    }
    if (!unknown.isEmpty()) {
      findings.add(new Finding(RULE, ABOUT, Tier.CREEP, unknown, false));
    }
    return findings;
  }

  private TamperFact fact(Held found, Program program) {
    return Finding.fact(
        program.path(),
        new Statement(
            "kernel",
            "%s (device %s, inode %d) was executed %s"
                .formatted(
                    program.path(),
                    FileIdentity.device(program.device()),
                    program.inode(),
                    when(found, program.realUid()))),
        processes(found),
        new Statement("configuration", "no part of sshd's or PAM's names this program"));
  }

  private TamperFact fact(Held found, RanProgram ran) {
    return Finding.fact(
        object(ran),
        new Statement(
            "kernel", "%s was executed %s".formatted(object(ran), when(found, ran.realUid()))),
        processes(found),
        new Statement("files", "it was gone at once, and is no program of a usual directory"));
  }

  private static String object(RanProgram ran) {
    return "a program named %s (device %s, inode %d)"
        .formatted(ran.name(), FileIdentity.device(ran.device()), ran.inode());
  }

  private String when(Held found, int uid) {
    return "%s at %s, while nobody was authenticated"
        .formatted(
            uid == ROOT ? "as root" : "as sshd's unprivileged user", wall.apply(found.atNanos()));
  }

  private static Statement processes(Held found) {
    return new Statement("processes", String.join(" → ", found.chain()));
  }
}
