package io.halfsecond.collector.source.kernel;

import io.halfsecond.collector.event.ExitStatus;
import io.halfsecond.collector.event.KernelEvent;
import io.halfsecond.collector.event.KernelEvent.FoundProcess;
import io.halfsecond.collector.event.Usage;
import io.halfsecond.collector.sshd.SshdCommandLine.Invocation;
import io.halfsecond.collector.sshd.SshdPrograms;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The processes that belong to sshd: listeners (depth 0), their children, the monitors (1), and
/// two generations below: preauth and user children, helpers (2), shells (3). Deeper processes of a
/// helper belong to the tree too; those of a session are *followed*: their programs are told or
/// counted for the session, and nothing else of them.
///
/// **Guarantees** every event is about a process of the tree, or a session that one leads; a reused
/// pid belongs to the tree only if the new process does; the number of followed processes is
/// bounded. An ended process is remembered for 10 s, because its account may come after its exit.
/// **Assumes** messages in the kernel's order, and [#reconcile] after a loss. Not safe for use by
/// several threads.
final class ProcessTree {
  static final int MONITOR_DEPTH = 1;
  static final int PREAUTH_DEPTH = 2;
  static final int DEEPEST = 3;

  /// A filter compares one after the other, for each event on the host: 256 comparisons take 0.1
  /// µs.
  static final int MOST_WATCHABLE = 256;

  /// Followed processes of all connections: some 2 MB.
  static final int MOST_FOLLOWED = 8_192;

  static final long REMEMBERED_NANOS = 10_000_000_000L;

  private static final int INIT = 1;

  /// A process continues to run after the event that its usage is sampled for, so the error of a
  /// sample is up to its delay. Of 198 samples on two quiet cores the largest delay was 4 ms
  /// (median 0.2 ms); with 4 logins at once 1 of 396 was over 10 ms; with 4 busy loops in addition
  /// 44 of 377, up to 134 ms.
  static final long SAMPLE_LATE_NANOS = 10_000_000;

  private static final class Node {
    final int pid;
    final int parent;
    final int depth;

    /// Forks a listener into the background and exits.
    final boolean launcher;

    /// On `CLOCK_MONOTONIC`; in steps of 10 ms for a process that is older than the collector.
    final long startedNanos;

    boolean leader;

    /// A child of a monitor that runs a program other than sshd's and leads no session, or a
    /// descendant of such a helper. A session's processes are the user's, a helper's are PAM's.
    boolean helper;

    /// The session that it belongs to; null outside of one.
    @Nullable FollowedSession session;

    /// The sessions that it serves.
    final List<FollowedSession> served = new ArrayList<>(0);

    /// Of a monitor.
    FollowedSession.@Nullable Connection connection;

    /// Whether it executes a program whose name could not be read.
    boolean nameless;

    boolean severalThreads;
    long threadFaults;
    boolean ended;
    long endedNanos;

    Node(int pid, int parent, int depth, boolean launcher, long startedNanos) {
      this.pid = pid;
      this.parent = parent;
      this.depth = depth;
      this.launcher = launcher;
      this.startedNanos = startedNanos;
    }

    boolean isFollowed() {
      return depth > DEEPEST && session != null;
    }

    /// Whether only its number matters: all that its session may name has been looked at.
    boolean isOnlyCounted() {
      return session != null && !session.hasRoom();
    }

    boolean listens() {
      return depth == 0 && !launcher && !ended;
    }
  }

  private final ProcFs proc;
  private final Set<String> listenerNames;
  private final String commandLine;
  private final int sessionPrograms;
  private final LongSupplier monotonicNanos;
  private final Map<Integer, Node> nodes = new HashMap<>();

  /// The keys of `nodes`, queried for every event on the host without boxing; at most half a
  /// megabyte each.
  private final BitSet tracked = new BitSet();

  private final BitSet followed = new BitSet();
  private int followedProcesses;

  private final ArrayDeque<Node> ended = new ArrayDeque<>();
  private final Set<Integer> superServers = new HashSet<>();

  /// What the environment tells the loader, by listener or super-server.
  private final Map<Integer, List<String>> environments = new HashMap<>();

  private boolean missed;

  /// @param commandLine what a listener's command line must contain to be watched
  /// @param sessionPrograms how many programs of a session may be named
  /// @param monotonicNanos the clock of the messages' times
  ProcessTree(
      ProcFs proc,
      Set<String> listenerNames,
      String commandLine,
      int sessionPrograms,
      LongSupplier monotonicNanos) {
    this.sessionPrograms = sessionPrograms;
    this.proc = proc;
    this.listenerNames = listenerNames;
    this.commandLine = commandLine;
    this.monotonicNanos = monotonicNanos;
  }

  /// Whether a message of the proc connector may concern the tree, by its raw fields. Makes no
  /// object. For an exec outside the tree it reads the process's name, which takes about 3 µs.
  boolean concerns(int what, int tgid, int childTgid) {
    return switch (what) {
      case ProcConnectorDecoder.WHAT_FORK ->
          tracks(tgid) || tracks(childTgid) || follows(tgid) || follows(childTgid);
      case ProcConnectorDecoder.WHAT_EXEC ->
          tracks(tgid) || follows(tgid) || isNamedLikeListener(tgid);
      case ProcConnectorDecoder.WHAT_EXIT -> tracks(tgid) || follows(tgid);
      case ProcConnectorDecoder.WHAT_UID, ProcConnectorDecoder.WHAT_SID -> tracks(tgid);
      default -> false;
    };
  }

  /// Whether a process that [#concerns] the tree is to be looked at soon, and not only counted.
  boolean hurries(int tgid) {
    var node = nodes.get(tgid);
    return node == null || !node.isOnlyCounted();
  }

  private boolean isNamedLikeListener(int pid) {
    var name = proc.name(pid);
    missed |= name == ProcFs.Name.GONE;
    return name == ProcFs.Name.LISTENER;
  }

  /// Whether a process had started a program and was gone before its name was read, since the last
  /// call. It may have left a listener behind, which is then only in /proc.
  boolean takeMissed() {
    boolean taken = missed;
    missed = false;
    return taken;
  }

  /// Whether the process belongs to the tree, or did until a moment ago.
  boolean tracks(int tgid) {
    return tgid >= 0 && tracked.get(tgid);
  }

  /// Whether the process belongs to a session, below the tree.
  boolean follows(int tgid) {
    return tgid >= 0 && followed.get(tgid);
  }

  /// Whether the account of a process is used: as such, or because it names a program.
  boolean accounts(int tgid) {
    var node = follows(tgid) ? nodes.get(tgid) : null;
    return tracks(tgid) || (node != null && node.nameless);
  }

  /// The processes whose events announce everything that may come to belong to the tree, but for a
  /// new listener; empty if that is not so: a super-server's child shows only by its exec whether
  /// it is sshd. Also empty if they are too many for a filter, or if there is no listener yet.
  ///
  /// What a session does is late for nobody, except that a program may be gone before it is looked
  /// at. So its processes are among them only while its programs are looked at, and as far as there
  /// is room.
  Optional<int[]> watchable() {
    if (!superServers.isEmpty() || listeners() == 0) {
      return Optional.empty();
    }
    int[] needed = pids(node -> node.session == null);
    if (needed.length > MOST_WATCHABLE) {
      return Optional.empty();
    }
    var useful =
        IntStream.concat(
            IntStream.of(pids(node -> isLookedAt(node) && !node.isFollowed())),
            IntStream.of(pids(node -> isLookedAt(node) && node.isFollowed())));
    return Optional.of(
        IntStream.concat(IntStream.of(needed), useful).limit(MOST_WATCHABLE).toArray());
  }

  private static boolean isLookedAt(Node node) {
    return node.session != null && node.session.hasRoom() && !node.ended;
  }

  private int[] pids(Predicate<Node> choice) {
    return nodes.values().stream().filter(choice).mapToInt(node -> node.pid).toArray();
  }

  int listeners() {
    return (int) nodes.values().stream().filter(Node::listens).count();
  }

  /// Gives out every listener again, for a consumer that missed events.
  void announceListeners(long at, Consumer<KernelEvent> out) {
    superServers.clear();
    for (var node : List.copyOf(nodes.values())) {
      if (node.listens()) {
        out.accept(new KernelEvent.ListenerFound(at, node.pid, proc.comm(node.pid)));
      }
    }
  }

  /// Applies a message of the proc connector to the tree and gives out what it means: usually one
  /// event or none.
  void apply(ProcMessage message, Consumer<KernelEvent> out) {
    switch (message) {
      case ProcMessage.Fork fork -> forked(fork, out);
      case ProcMessage.Exec(long at, int _, int tgid) -> executed(at, tgid, out);
      case ProcMessage.Uid(long at, int pid, int tgid, int real, int effective) -> {
        var node = alive(tgid);
        if (pid == tgid && node != null && !node.isFollowed()) {
          out.accept(
              new KernelEvent.UserChanged(
                  at, tgid, real, effective, usage(node, PREAUTH_DEPTH, at)));
        }
      }
      case ProcMessage.Sid(long at, int pid, int tgid) -> {
        var node = pid == tgid ? alive(tgid) : null;
        if (node != null && !node.isFollowed()) {
          if (!node.helper) {
            beginSession(node);
          }
          node.leader = true;
          node.helper = false;
          out.accept(new KernelEvent.SessionLed(at, tgid));
        }
      }
      case ProcMessage.Exit exit -> exited(exit, out);
      case ProcMessage.Ack _, ProcMessage.Other _, ProcMessage.Malformed _ -> {}
    }
  }

  private void forked(ProcMessage.Fork fork, Consumer<KernelEvent> out) {
    if (fork.pid() != fork.tgid()) {
      var node = alive(fork.tgid());
      if (node != null) {
        node.severalThreads = true;
      }
      return;
    }
    remove(fork.tgid());
    var parent = alive(fork.parentTgid());
    if (parent == null) {
      return;
    }
    if (parent.depth >= DEEPEST && !parent.helper && hasSessions(parent)) {
      follow(fork.tgid(), parent, fork.atNanos());
      return;
    }
    if (parent.launcher) {
      add(new Node(fork.tgid(), fork.parentTgid(), 0, false, fork.atNanos()));
      out.accept(
          new KernelEvent.ListenerFound(fork.atNanos(), fork.tgid(), proc.comm(fork.tgid())));
      return;
    }
    var node = new Node(fork.tgid(), fork.parentTgid(), parent.depth + 1, false, fork.atNanos());
    node.helper = parent.helper;
    enter(node, parent.session);
    add(node);
    out.accept(
        new KernelEvent.Forked(
            fork.atNanos(),
            fork.parentTgid(),
            fork.tgid(),
            usage(parent, MONITOR_DEPTH, fork.atNanos())));
  }

  /// Whether a session of its connection has begun. Until then every process below it is told, at
  /// any depth: what runs before authentication is judged.
  private boolean hasSessions(Node node) {
    return monitorOf(node).map(monitor -> monitor.connection != null).orElse(true);
  }

  /// What a process had used at that time; empty if it is at another depth, or if that is too long
  /// ago for /proc.
  private Optional<Usage> usage(@Nullable Node node, int depth, long at) {
    if (node == null || node.depth != depth) {
      return Optional.empty();
    }
    var usage = proc.usage(node.pid);
    return monotonicNanos.getAsLong() - at <= SAMPLE_LATE_NANOS ? usage : Optional.empty();
  }

  private void executed(long at, int tgid, Consumer<KernelEvent> out) {
    var node = alive(tgid);
    if (node != null && node.isFollowed() && !isNamedLikeListener(tgid)) {
      started(at, node, () -> proc.programName(tgid), out);
      return;
    }
    var comm = proc.comm(tgid);
    // A listener re-executes itself on SIGHUP, and a monitor always does: neither starts a new
    // tree.
    boolean mayBegin = node == null || node.depth > MONITOR_DEPTH;
    if (mayBegin
        && listenerNames.contains(comm)
        && proc.runsAsRoot(tgid)
        && begun(at, tgid, comm, out)) {
      if (node != null) {
        started(at, node, () -> proc.programName(tgid), out);
      }
      return;
    }
    if (node != null && node.isFollowed()) {
      started(at, node, () -> proc.programName(tgid), out);
      return;
    }
    if (node != null) {
      if (node.depth <= MONITOR_DEPTH) {
        see(at, tgid, node.depth == 0 ? tgid : node.parent, out);
      }
      node.helper |=
          node.depth == MONITOR_DEPTH + 1
              && !node.leader
              && !comm.isEmpty()
              && !SshdPrograms.NAMES.contains(comm);
      Optional<KernelEvent.Program> program =
          node.depth > MONITOR_DEPTH ? proc.program(tgid) : Optional.empty();
      out.accept(new KernelEvent.Executed(at, tgid, comm, program));
      started(
          at,
          node,
          () -> program.map(KernelEvent.Program::path).orElseGet(() -> ProcFs.nameOf(comm)),
          out);
    }
  }

  /// A process becomes the leader of a session, unless it is in one already.
  private void beginSession(Node node) {
    var server = nodes.get(node.parent);
    if (node.session != null
        || node.depth <= MONITOR_DEPTH
        || node.depth > DEEPEST
        || server == null) {
      return;
    }
    monitorOf(node)
        .ifPresent(
            monitor -> {
              if (monitor.connection == null) {
                monitor.connection = new FollowedSession.Connection(monitor.pid);
              }
              var session = new FollowedSession(monitor.connection, node.pid, sessionPrograms);
              server.served.removeIf(FollowedSession::isTold);
              server.served.add(session);
              enter(node, session);
            });
  }

  private static void enter(Node node, @Nullable FollowedSession session) {
    if (session != null && !session.isTold()) {
      node.session = session;
      session.entered();
    }
  }

  /// A child of a session's process is a process of the session.
  private void follow(int pid, Node parent, long startedNanos) {
    var session = parent.session;
    if (session == null || session.isTold()) {
      return;
    }
    if (session.connection().isFull() || followedProcesses >= MOST_FOLLOWED) {
      session.missed();
      return;
    }
    var node = new Node(pid, parent.pid, parent.depth + 1, false, startedNanos);
    enter(node, session);
    add(node);
  }

  /// A process of a session executed a program.
  ///
  /// @param name of the program; empty if the process is gone
  private static void started(
      long at, Node node, Supplier<String> name, Consumer<KernelEvent> out) {
    var session = node.session;
    if (session == null || session.isTold()) {
      return;
    }
    node.nameless = false;
    if (!session.hasRoom()) {
      session.counted();
      return;
    }
    var known = name.get();
    if (known.isEmpty()) {
      session.nameless();
      node.nameless = true;
    } else {
      session.named(at, known, out);
    }
  }

  /// A process has ended: so does its session, if it was the last one, and what it served.
  private void leave(Node node, long at, Consumer<KernelEvent> out) {
    if (node.session != null) {
      node.session.left();
      if (node.session.isDeserted()) {
        node.session.tell(at, out);
      }
    }
    for (var session : node.served) {
      session.tell(at, out);
      if (!session.isDeserted()) {
        for (int pid : pids(each -> each.session == session && each.isFollowed() && !each.ended)) {
          remove(pid);
        }
      }
    }
    node.served.clear();
  }

  /// A program with a listener's name started, outside the tree or within a session.
  private boolean begun(long at, int tgid, String comm, Consumer<KernelEvent> out) {
    var line = proc.commandLine(tgid);
    if (!line.contains(commandLine)) {
      return false;
    }
    int parent = proc.process(tgid).map(ProcFs.Running::parent).orElse(0);
    // Only OpenSSH's options are known.
    return switch (isOpenSsh(comm) ? line.invocation() : Invocation.LISTENER) {
      case OTHER -> false;
      case LISTENER -> listens(at, tgid, parent, comm, out);
      case LAUNCHER -> {
        // Started by init, sshd stays in the foreground without an option (daemonized() in sshd.c).
        if (parent == INIT) {
          yield listens(at, tgid, parent, comm, out);
        }
        add(new Node(tgid, parent, 0, true, at));
        yield true;
      }
      case INETD -> {
        // The super-server (systemd, inetd) is the listener here. It does not join the tree,
        // because its other children are not sshd's. The monitor's fork is not known, so its life
        // starts with this exec.
        if (superServers.add(parent)) {
          out.accept(new KernelEvent.ListenerFound(at, parent, proc.comm(parent)));
        }
        add(new Node(tgid, parent, MONITOR_DEPTH, false, at));
        out.accept(new KernelEvent.Forked(at, parent, tgid, Optional.empty()));
        out.accept(new KernelEvent.Executed(at, tgid, comm));
        see(at, tgid, parent, out);
        yield true;
      }
    };
  }

  private boolean listens(long at, int tgid, int parent, String comm, Consumer<KernelEvent> out) {
    add(new Node(tgid, parent, 0, false, at));
    out.accept(new KernelEvent.ListenerFound(at, tgid, comm));
    see(at, tgid, tgid, out);
    return true;
  }

  /// Reads the environment of a process that has just executed sshd. A monitor's is its listener's;
  /// sshd writes its title over it soon.
  private void see(long at, int pid, int listener, Consumer<KernelEvent> out) {
    proc.loaderVariables(pid)
        .filter(variables -> !variables.equals(environments.put(listener, variables)))
        .ifPresent(
            variables -> out.accept(new KernelEvent.EnvironmentSeen(at, listener, variables)));
  }

  private void exited(ProcMessage.Exit exit, Consumer<KernelEvent> out) {
    var node = exit.pid() == exit.tgid() ? alive(exit.tgid()) : null;
    if (node == null) {
      return;
    }
    node.ended = true;
    node.endedNanos = exit.atNanos();
    leave(node, exit.atNanos(), out);
    if (node.isFollowed() && !node.nameless) {
      remove(node.pid);
    } else {
      ended.add(node);
    }
    if (!node.launcher && !node.isFollowed()) {
      int parent = exit.parentTgid() == 0 ? node.parent : exit.parentTgid();
      out.accept(
          new KernelEvent.Exited(
              exit.atNanos(),
              exit.tgid(),
              parent,
              ExitStatus.ofWaitStatus(exit.status()),
              usage(alive(node.parent), MONITOR_DEPTH, exit.atNanos())));
    }
    forgetUpTo(exit.atNanos() - REMEMBERED_NANOS);
  }

  /// Applies a taskstats record.
  ///
  /// @param now the time on `CLOCK_MONOTONIC`; the record has none
  void account(TaskstatsMessage.TaskExit record, long now, Consumer<KernelEvent> out) {
    int tgid = record.tgid() == 0 ? record.pid() : record.tgid();
    var node = nodes.get(tgid);
    if (node == null) {
      return;
    }
    if (node.nameless && record.pid() == tgid && record.ran().isPresent()) {
      node.nameless = false;
      var session = Objects.requireNonNull(node.session);
      session.namedLate(now, ProcFs.nameOf(record.ran().get().name()), out);
    }
    if (node.isFollowed()) {
      return;
    }
    node.threadFaults += record.usage().minorFaults();
    boolean process =
        switch (record.ending()) {
          case PROCESS -> true;
          case THREAD -> false;
          case UNKNOWN -> !node.severalThreads;
        };
    if (process && !node.launcher) {
      var total = record.group().orElse(record.usage());
      out.accept(
          new KernelEvent.Accounted(
              now,
              tgid,
              new Usage(total.cpuNanos(), total.runQueueNanos(), node.threadFaults),
              record.ran()));
    }
  }

  /// Makes the tree agree with what /proc shows: at the start, and after a loss.
  ///
  /// @param processes all processes in /proc, listed since `scanned`; the messages up to now have
  ///   been applied
  /// @param scanned on `CLOCK_MONOTONIC`, before the first process was read
  /// @param bootOffsetNanos how far `CLOCK_BOOTTIME`, the clock of /proc, is ahead of
  ///   `CLOCK_MONOTONIC`
  void reconcile(
      List<ProcFs.Running> processes,
      long scanned,
      long bootOffsetNanos,
      Consumer<KernelEvent> out) {
    var byPid =
        processes.stream()
            .collect(Collectors.toMap(ProcFs.Running::pid, process -> process, (a, b) -> b));
    for (var node : new ArrayList<>(nodes.values())) {
      if (!node.ended
          && node.startedNanos < scanned
          && !same(node, byPid.get(node.pid), bootOffsetNanos)) {
        remove(node.pid);
      }
    }
    for (var process : processes) {
      if (unknown(process, bootOffsetNanos)
          && listenerNames.contains(process.comm())
          && !childOfSshd(process, byPid)
          && proc.runsAsRoot(process.pid())
          && listening(process)) {
        out.accept(new KernelEvent.ListenerFound(scanned, process.pid(), process.comm()));
        adopt(process, 0, bootOffsetNanos);
      }
    }
    adoptDescendants(processes, scanned, bootOffsetNanos, out);
  }

  /// Adopts the unknown processes below the tree's, and gives out those of each connection.
  private void adoptDescendants(
      List<ProcFs.Running> processes,
      long scanned,
      long bootOffsetNanos,
      Consumer<KernelEvent> out) {
    var found = new LinkedHashMap<Integer, List<FoundProcess>>();
    for (int depth = MONITOR_DEPTH; depth <= DEEPEST; depth++) {
      for (var process : processes) {
        if (unknown(process, bootOffsetNanos)
            && (hasParentAt(depth - 1, process)
                || (depth == MONITOR_DEPTH && outlivedListener(process)))
            && stillThere(process)) {
          var node = adopt(process, depth, bootOffsetNanos);
          var parent = nodes.get(process.parent());
          enter(node, parent == null ? null : parent.session);
          if (process.session() == process.pid()) {
            node.leader = true;
            beginSession(node);
          }
          monitorOf(node)
              .ifPresent(
                  monitor ->
                      found
                          .computeIfAbsent(monitor.pid, _ -> new ArrayList<>())
                          .add(found(process, bootOffsetNanos)));
        }
      }
    }
    adoptFollowed(processes, bootOffsetNanos);
    found.forEach(
        (monitorPid, below) -> {
          var first = below.getFirst();
          var monitor =
              first.pid() == monitorPid
                  ? Optional.of(first)
                  : proc.process(monitorPid).map(running -> found(running, bootOffsetNanos));
          monitor.ifPresent(
              known ->
                  out.accept(
                      new KernelEvent.ConnectionFound(
                          scanned,
                          known,
                          below.stream().filter(each -> each.pid() != monitorPid).toList())));
        });
  }

  /// Follows the unknown processes of sessions, each after its parent.
  private void adoptFollowed(List<ProcFs.Running> processes, long bootOffsetNanos) {
    boolean more = followedProcesses < MOST_FOLLOWED;
    while (more) {
      more = false;
      for (var process : processes) {
        var parent = alive(process.parent());
        if (parent != null
            && parent.depth >= DEEPEST
            && parent.session != null
            && unknown(process, bootOffsetNanos)
            && stillThere(process)) {
          follow(process.pid(), parent, process.startedNanos() - bootOffsetNanos);
          more |= follows(process.pid());
        }
      }
    }
  }

  private boolean hasParentAt(int depth, ProcFs.Running process) {
    var parent = alive(process.parent());
    return parent != null && !parent.launcher && parent.depth == depth;
  }

  /// Whether this is a monitor whose listener was restarted. It does not show which listener it
  /// had, so it counts only if every listener is watched.
  private boolean outlivedListener(ProcFs.Running process) {
    return process.parent() == INIT
        && commandLine.isEmpty()
        && SshdPrograms.NAMES.contains(process.comm())
        && proc.runsAsRoot(process.pid())
        && proc.commandLine(process.pid()).isMonitorTitle();
  }

  /// It may have ended since it was listed, and its exit have been read.
  private boolean stillThere(ProcFs.Running process) {
    return proc.process(process.pid())
        .filter(now -> now.startedAtTicks() == process.startedAtTicks())
        .isPresent();
  }

  /// Empty if the monitor ended so long ago that it is forgotten.
  private Optional<Node> monitorOf(Node node) {
    var ancestor = Optional.of(node);
    while (ancestor.filter(each -> each.depth > MONITOR_DEPTH).isPresent()) {
      ancestor = ancestor.map(each -> nodes.get(each.parent));
    }
    return ancestor;
  }

  private FoundProcess found(ProcFs.Running process, long bootOffsetNanos) {
    return new FoundProcess(
        process.parent(),
        process.pid(),
        process.startedNanos() - bootOffsetNanos,
        process.comm(),
        proc.realUid(process.pid()).orElse(-1),
        process.session() == process.pid(),
        proc.commandLine(process.pid()).isSessionTitle());
  }

  /// Adds a process with its own start time, by which the next reconciliation recognises it.
  private Node adopt(ProcFs.Running process, int depth, long bootOffsetNanos) {
    var node =
        new Node(
            process.pid(),
            process.parent(),
            depth,
            false,
            process.startedNanos() - bootOffsetNanos);
    add(node);
    return node;
  }

  private boolean unknown(ProcFs.Running process, long bootOffsetNanos) {
    var node = nodes.get(process.pid());
    return node == null || (node.ended && !same(node, process, bootOffsetNanos));
  }

  private static boolean same(Node node, ProcFs.@Nullable Running process, long bootOffsetNanos) {
    return process != null
        && Math.abs(process.startedNanos() - bootOffsetNanos - node.startedNanos)
            < FoundProcess.SAME_START_NANOS;
  }

  private boolean childOfSshd(ProcFs.Running process, Map<Integer, ProcFs.Running> byPid) {
    var parent = byPid.get(process.parent());
    return parent != null && listenerNames.contains(parent.comm());
  }

  private boolean listening(ProcFs.Running process) {
    var line = proc.commandLine(process.pid());
    return line.contains(commandLine) && (!isOpenSsh(process.comm()) || line.isListener());
  }

  private static boolean isOpenSsh(String comm) {
    return comm.startsWith(SshdPrograms.SSHD);
  }

  private @Nullable Node alive(int pid) {
    if (!tracks(pid) && !follows(pid)) {
      return null;
    }
    var node = nodes.get(pid);
    return node == null || node.ended ? null : node;
  }

  private void add(Node node) {
    remove(node.pid);
    nodes.put(node.pid, node);
    if (node.isFollowed()) {
      followed.set(node.pid);
      followedProcesses++;
      Objects.requireNonNull(node.session).connection().admit();
    } else {
      tracked.set(node.pid);
    }
  }

  private void remove(int pid) {
    var node = tracks(pid) || follows(pid) ? nodes.remove(pid) : null;
    if (node == null) {
      return;
    }
    environments.remove(pid);
    tracked.clear(pid);
    followed.clear(pid);
    if (node.session != null && !node.ended) {
      // Its exit was not seen.
      node.session.left();
      node.session.missed();
    }
    if (node.isFollowed()) {
      followedProcesses--;
      Objects.requireNonNull(node.session).connection().release();
    }
  }

  private void forgetUpTo(long endedNanos) {
    for (var oldest = ended.peek();
        oldest != null && oldest.endedNanos <= endedNanos;
        oldest = ended.peek()) {
      ended.remove();
      // The pid may belong to another process of the tree by now.
      if (nodes.get(oldest.pid) == oldest) {
        remove(oldest.pid);
      }
    }
  }
}
