package io.halfsecond.collector.sshd;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// A listening TCP socket: a line of /proc/net/tcp or tcp6 (proc_pid_net(5)).
///
/// @param address the wildcard address if it listens on all
/// @param uid the owner
/// @param inode the number in the link of /proc/PID/fd
record ListeningSocket(InetSocketAddress address, int uid, long inode) {
  private static final String LISTEN = "0A";
  private static final int FIELDS = 10;
  private static final String LINK = "socket:[";

  /// All of this network namespace.
  ///
  /// @param proc where the proc file system is
  static List<ListeningSocket> all(Path proc) {
    return Stream.of("net/tcp", "net/tcp6")
        .flatMap(table -> parse(lines(proc.resolve(table))).stream())
        .toList();
  }

  /// The inodes of the sockets of any kind that a process holds; none if it is gone, or belongs to
  /// another user.
  static Set<Long> heldBy(Path proc, int pid) {
    var inodes = new HashSet<Long>();
    try (var entries = Files.newDirectoryStream(proc.resolve(pid + "/fd"))) {
      for (var entry : entries) {
        var link = Files.readSymbolicLink(entry).toString();
        if (link.startsWith(LINK) && link.endsWith("]")) {
          inodes.add(Long.valueOf(link.substring(LINK.length(), link.length() - 1)));
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      return inodes;
    }
    return inodes;
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      return List.of();
    }
  }

  /// @param lines with or without the heading; lines of other sockets and unreadable ones are
  ///   skipped
  static List<ListeningSocket> parse(List<String> lines) {
    return lines.stream().flatMap(line -> parse(line).stream()).toList();
  }

  private static Optional<ListeningSocket> parse(String line) {
    var fields = line.strip().split("\\s+", -1);
    if (fields.length < FIELDS || !fields[3].equals(LISTEN)) {
      return Optional.empty();
    }
    try {
      int colon = fields[1].indexOf(':');
      var address = address(fields[1].substring(0, Math.max(0, colon)));
      int port = Integer.parseInt(fields[1].substring(colon + 1), 16);
      return Optional.of(
          new ListeningSocket(
              new InetSocketAddress(address, port),
              Integer.parseInt(fields[7]),
              Long.parseLong(fields[9])));
    } catch (IllegalArgumentException | UnknownHostException e) {
      return Optional.empty();
    }
  }

  /// 32-bit words in native byte order.
  private static InetAddress address(String hex) throws UnknownHostException {
    var bytes = ByteBuffer.wrap(HexFormat.of().parseHex(hex));
    var address = ByteBuffer.allocate(bytes.capacity());
    while (bytes.remaining() >= Integer.BYTES) {
      address.putInt(bytes.order(ByteOrder.nativeOrder()).getInt());
    }
    return InetAddress.getByAddress(address.array());
  }

  /// The address at which this host can connect to it.
  InetSocketAddress reachable() {
    var own = address.getAddress();
    if (!own.isAnyLocalAddress()) {
      return address;
    }
    return new InetSocketAddress(
        InetAddress.ofLiteral(own.getAddress().length == 4 ? "127.0.0.1" : "::1"),
        address.getPort());
  }
}
