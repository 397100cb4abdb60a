package io.halfsecond.collector.source;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/// Looks in /proc for the sshd that listens on this host: where, and in what environment it was
/// started.
///
/// Which sockets are sshd's only root may know, or who has CAP_SYS_PTRACE; to others root's socket
/// on port 22 is sshd's.
public final class SshdListeners {
  private static final int SSH_PORT = 22;
  private static final int ROOT = 0;
  private static final String SSHD = "sshd";

  private final Path proc;
  private final String command;

  /// @param proc where the proc file system is
  /// @param command only an sshd whose command line contains this; empty for any
  public SshdListeners(Path proc, String command) {
    this.proc = proc;
    this.command = command;
  }

  /// Where to reach it, port 22 before others; empty if none is found.
  public Optional<InetSocketAddress> address() {
    var listening = new ArrayList<ListeningSocket>();
    for (var table : List.of("net/tcp", "net/tcp6")) {
      listening.addAll(ListeningSocket.parse(lines(table)));
    }
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

  /// The environment that the listener was started in; empty if there is none, or it may not be
  /// read.
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

  /// The listener: of several the one with the lowest pid; empty if there is none.
  public OptionalInt pid() {
    return pids().stream().mapToInt(Integer::intValue).min();
  }

  /// What a process was started with, or the title in its place; empty if it is gone.
  public List<String> arguments(int pid) {
    var line = text(pid + "/cmdline");
    return line.isEmpty() ? List.of() : List.of(line.split("\0"));
  }

  private List<Integer> pids() {
    var found = new ArrayList<Integer>();
    try (var entries = Files.newDirectoryStream(proc, "[0-9]*")) {
      for (var entry : entries) {
        var pid = String.valueOf(entry.getFileName());
        if (text(pid + "/comm").strip().equals(SSHD)
            && text(pid + "/status").contains("\nUid:\t0\t0\t")) {
          var arguments = arguments(Integer.parseInt(pid));
          if (SshdCommandLine.isListening(arguments)
              && String.join(" ", arguments).contains(command)) {
            found.add(Integer.valueOf(pid));
          }
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      return List.of();
    }
    return found;
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
      // Gone, or not ours to see.
      return inodes;
    }
    return inodes;
  }

  private List<String> lines(String file) {
    return text(file).lines().toList();
  }

  /// Empty if it is gone or may not be read.
  private String text(String file) {
    try {
      return new String(Files.readAllBytes(proc.resolve(file)), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }
}
