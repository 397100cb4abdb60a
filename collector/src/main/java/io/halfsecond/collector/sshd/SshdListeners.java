package io.halfsecond.collector.sshd;

import io.halfsecond.collector.linux.Proc;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;

/// Searches /proc for the sshd that listens on this host.
///
/// Only root and CAP_SYS_PTRACE can see which sockets belong to sshd. Without them a socket of
/// root's on port 22 is taken for sshd's.
public final class SshdListeners {
  public static final int SSH_PORT = 22;

  private static final int ROOT = 0;

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
    var listening =
        Stream.of("net/tcp", "net/tcp6")
            .flatMap(table -> ListeningSocket.parse(text(table).lines().toList()).stream())
            .toList();
    var own = new HashSet<Long>();
    pids().forEach(pid -> own.addAll(sockets(pid)));
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

  /// The command line of a process, without arguments if the process is gone.
  public SshdCommandLine commandLine(int pid) {
    return SshdCommandLine.parse(text(pid + "/cmdline"));
  }

  private List<Integer> pids() {
    try {
      return Proc.pids(proc).stream().filter(this::isListener).toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  private boolean isListener(int pid) {
    if (!text(pid + "/comm").strip().equals(SshdPrograms.SSHD)
        || !Proc.runsAsRoot(text(pid + "/status"))) {
      return false;
    }
    var line = commandLine(pid);
    return line.isListener() && line.contains(command);
  }

  private Set<Long> sockets(int pid) {
    var inodes = new HashSet<Long>();
    try (var entries = Files.newDirectoryStream(proc.resolve(pid + "/fd"))) {
      for (var entry : entries) {
        var link = Files.readSymbolicLink(entry).toString();
        if (link.startsWith("socket:[") && link.endsWith("]")) {
          inodes.add(Long.valueOf(link.substring("socket:[".length(), link.length() - 1)));
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      // The process is gone, or belongs to another user.
      return inodes;
    }
    return inodes;
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
