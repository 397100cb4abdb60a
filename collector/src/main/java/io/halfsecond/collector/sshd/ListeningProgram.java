package io.halfsecond.collector.sshd;

import io.halfsecond.collector.linux.Proc;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.OptionalInt;

/// A TCP socket that listens on this host, with the program that holds it.
///
/// @param address where this host can connect to it
/// @param pid of the oldest holder; empty if it cannot be seen who holds it
/// @param name the kernel's name of that process; empty likewise
/// @param commandLine joined with spaces; empty likewise
public record ListeningProgram(
    InetSocketAddress address, OptionalInt pid, String name, String commandLine) {

  /// One per program and port, in the order of the ports. Only root can see the programs of others.
  ///
  /// @param proc where the proc file system is
  public static List<ListeningProgram> all(Path proc) {
    var holders = holders(proc);
    var found = new ArrayList<ListeningProgram>();
    for (var socket : ListeningSocket.all(proc)) {
      var pid = holders.get(socket.inode());
      var program =
          new ListeningProgram(
              socket.reachable(),
              pid == null ? OptionalInt.empty() : OptionalInt.of(pid),
              pid == null ? "" : text(proc.resolve(pid + "/comm")).strip(),
              pid == null ? "" : text(proc.resolve(pid + "/cmdline")).replace('\0', ' ').strip());
      // A server often has a socket each for IPv4 and IPv6.
      if (found.stream().noneMatch(program::sameServer)) {
        found.add(program);
      }
    }
    found.sort((one, other) -> one.address.getPort() - other.address.getPort());
    return found;
  }

  private boolean sameServer(ListeningProgram other) {
    return address.getPort() == other.address.getPort() && pid.equals(other.pid);
  }

  /// By the inodes of sockets, the lowest pid that holds each.
  private static HashMap<Long, Integer> holders(Path proc) {
    var holders = new HashMap<Long, Integer>();
    try {
      for (int pid : Proc.pids(proc)) {
        ListeningSocket.heldBy(proc, pid).forEach(inode -> holders.merge(inode, pid, Math::min));
      }
    } catch (IOException e) {
      return holders;
    }
    return holders;
  }

  private static String text(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }
}
