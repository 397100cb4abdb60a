package io.halfsecond.collector.sshd;

import io.halfsecond.collector.linux.Proc;
import io.halfsecond.collector.sshd.SshdListener.Unwatched;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Searches /proc for the sshds that listen on this host: root's, and not in a container.
///
/// Only root and CAP_SYS_PTRACE can see which sockets belong to sshd. Without them a socket of
/// root's on port 22 is taken for sshd's.
public final class SshdListeners {
  public static final int SSH_PORT = 22;

  private static final int ROOT = 0;
  private static final String DELETED = " (deleted)";

  private final Path proc;
  private final String command;

  /// @param proc where the proc file system is
  /// @param command only an sshd whose command line contains this; empty for any
  public SshdListeners(Path proc, String command) {
    this.proc = proc;
    this.command = command;
  }

  /// The address to connect to, port 22 before others; empty if none is found.
  public Optional<InetSocketAddress> address() {
    var listening = ListeningSocket.all(proc);
    var own = new HashSet<Long>();
    pids().forEach(pid -> own.addAll(ListeningSocket.heldBy(proc, pid)));
    var sshds = listening.stream().filter(socket -> own.contains(socket.inode())).toList();
    var candidates =
        sshds.isEmpty() && command.isEmpty()
            ? listening.stream()
                .filter(socket -> socket.uid() == ROOT && socket.address().getPort() == SSH_PORT)
                .toList()
            : sshds;
    return candidates.stream()
        .min(Comparator.comparing(socket -> socket.address().getPort() != SSH_PORT))
        .map(ListeningSocket::reachable);
  }

  /// The environment that the listener was started with; empty if there is no listener, or its
  /// environment cannot be read.
  public Map<String, String> environment() {
    var environment = new HashMap<String, String>();
    for (int pid : pids()) {
      for (var entry : text(pid + "/environ").split("\0", -1)) {
        int equals = entry.indexOf('=');
        if (equals > 0) {
          environment.put(entry.substring(0, equals), entry.substring(equals + 1));
        }
      }
      if (!environment.isEmpty()) {
        break;
      }
    }
    return environment;
  }

  /// The listener with the lowest pid; empty if there is none.
  public OptionalInt pid() {
    return pids().stream().mapToInt(Integer::intValue).min();
  }

  /// The listener with this pid, if it is watched.
  public Optional<SshdListener> find(int pid) {
    return watched().stream().filter(listener -> listener.pid() == pid).findFirst();
  }

  /// Those that are watched, in the order of their pids.
  public List<SshdListener> watched() {
    return pids().stream().sorted().map(this::listener).toList();
  }

  /// Those watched that listen on this port; all of them if it cannot be seen who listens there.
  public List<SshdListener> watched(int port) {
    var there =
        ListeningSocket.all(proc).stream()
            .filter(socket -> socket.address().getPort() == port)
            .map(ListeningSocket::inode)
            .collect(Collectors.toSet());
    var holders =
        watched().stream()
            .filter(
                listener ->
                    !Collections.disjoint(ListeningSocket.heldBy(proc, listener.pid()), there))
            .toList();
    return holders.isEmpty() ? watched() : holders;
  }

  /// Those that are not watched, with the reason.
  public Map<SshdListener, Unwatched> unwatched() {
    var found = new LinkedHashMap<SshdListener, Unwatched>();
    candidates()
        .sorted()
        .forEach(pid -> unwatched(pid).ifPresent(why -> found.put(listener(pid), why)));
    return found;
  }

  /// The command line of a process, without arguments if the process is gone.
  public SshdCommandLine commandLine(int pid) {
    return SshdCommandLine.parse(text(pid + "/cmdline"));
  }

  /// The programs that a listener's connections execute now: those of its children with these names
  /// and of their children. Empty where the links in /proc cannot be read.
  Set<Path> executedBelow(int listener) {
    var parents = new HashMap<Integer, Integer>();
    for (int pid : allPids()) {
      if (SshdPrograms.OF_CONNECTIONS.contains(text(pid + "/comm").strip())) {
        Proc.parent(text(pid + "/status")).ifPresent(parent -> parents.put(pid, parent));
      }
    }
    return parents.keySet().stream()
        .filter(
            pid -> {
              int parent = parents.getOrDefault(pid, 0);
              return parent == listener || parents.getOrDefault(parent, 0) == listener;
            })
        .sorted()
        .flatMap(pid -> executed(pid).stream())
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private SshdListener listener(int pid) {
    var line = commandLine(pid);
    return new SshdListener(
        pid, line, executed(pid).or(() -> line.files().program().flatMap(SshdListeners::path)));
  }

  /// The path of the program that a process executes, also if another file is there by now.
  private Optional<Path> executed(int pid) {
    try {
      var link = Files.readSymbolicLink(proc.resolve(pid + "/exe")).toString();
      return path(
          link.endsWith(DELETED) ? link.substring(0, link.length() - DELETED.length()) : link);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Optional<Path> path(String name) {
    try {
      return Optional.of(Path.of(name));
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  private List<Integer> allPids() {
    try {
      return Proc.pids(proc);
    } catch (IOException e) {
      return List.of();
    }
  }

  /// Processes that have the name and the command line of a listener.
  private Stream<Integer> candidates() {
    return allPids().stream()
        .filter(pid -> text(pid + "/comm").strip().equals(SshdPrograms.SSHD))
        .filter(pid -> commandLine(pid).isListener())
        .filter(this::executesSshd);
  }

  /// The name of a process is that of the link it was started by, which any user can make.
  private boolean executesSshd(int pid) {
    return executed(pid)
        .map(Path::getFileName)
        .map(name -> name.toString().equals(SshdPrograms.SSHD))
        .orElse(true);
  }

  private List<Integer> pids() {
    return candidates().filter(pid -> unwatched(pid).isEmpty()).toList();
  }

  private Optional<Unwatched> unwatched(int pid) {
    var status = text(pid + "/status");
    if (!Proc.runsAsRoot(status)) {
      return Optional.of(Unwatched.OF_A_USER);
    }
    if (Proc.inContainer(status)) {
      return Optional.of(Unwatched.IN_A_CONTAINER);
    }
    return commandLine(pid).contains(command)
        ? Optional.empty()
        : Optional.of(Unwatched.OTHER_COMMAND);
  }

  /// The content of a file; empty if it is gone or cannot be read.
  private String text(String file) {
    try {
      return new String(Files.readAllBytes(proc.resolve(file)), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }
}
