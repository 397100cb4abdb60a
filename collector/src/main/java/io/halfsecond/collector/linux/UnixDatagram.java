package io.halfsecond.collector.linux;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Datagrams to a unix(7) socket; Java has only streams to them.
public final class UnixDatagram {
  private static final int AF_UNIX = 1;
  private static final int SOCK_DGRAM = 2;
  private static final int SOCK_CLOEXEC = 0x80000;
  private static final int MSG_DONTWAIT = 0x40;
  private static final int MSG_NOSIGNAL = 0x4000;

  /// struct sockaddr_un: u16 family, 108 bytes of path.
  private static final int PATH = 2;

  private static final int SOCKADDR_BYTES = 110;

  private UnixDatagram() {}

  /// Sends one, without waiting.
  ///
  /// @param address a path, or `@` and an abstract name; up to 107 bytes
  /// @throws IllegalArgumentException if the address is longer
  /// @throws NativeCallException EAGAIN if the receiver has no room; ENOENT or ECONNREFUSED if
  ///   there is none
  public static void send(String address, String message) throws NativeCallException {
    var path = address.getBytes(UTF_8);
    if (path.length >= SOCKADDR_BYTES - PATH) {
      throw new IllegalArgumentException("longer than an address of a socket: " + address);
    }
    if (address.startsWith("@")) {
      path[0] = 0;
    }
    try (var arena = Arena.ofConfined()) {
      var libc = new Libc(arena);
      var to = arena.allocate(SOCKADDR_BYTES, 2);
      to.set(Libc.SHORT, 0, (short) AF_UNIX);
      MemorySegment.copy(path, 0, to, ValueLayout.JAVA_BYTE, PATH, path.length);
      var bytes = message.getBytes(UTF_8);
      var data = arena.allocate(Math.max(1, bytes.length));
      MemorySegment.copy(bytes, 0, data, ValueLayout.JAVA_BYTE, 0, bytes.length);
      int fd = libc.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
      if (fd == -1) {
        throw libc.failed("socket(AF_UNIX, SOCK_DGRAM)");
      }
      try {
        if (libc.sendto(fd, data, bytes.length, MSG_DONTWAIT | MSG_NOSIGNAL, to, PATH + path.length)
            == -1) {
          throw libc.failed("sendto(%s)".formatted(address));
        }
      } finally {
        int ignored = libc.close(fd);
      }
    }
  }
}
