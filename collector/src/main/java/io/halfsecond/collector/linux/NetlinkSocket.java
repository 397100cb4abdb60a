package io.halfsecond.collector.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// A netlink(7) datagram socket. Belongs to the thread that opened it.
///
/// Accepts datagrams of the kernel only. One from the port of another process is reported as
/// [#FOREIGN], and its content is ignored.
public final class NetlinkSocket implements AutoCloseable {
  /// linux/netlink.h
  public static final int NETLINK_CONNECTOR = 11;

  public static final int NETLINK_GENERIC = 16;

  /// Results of [#receive] other than a length.
  public static final int NOTHING = -1;

  public static final int OVERRUN = -2;
  public static final int FOREIGN = -3;

  private static final int AF_NETLINK = 16;
  private static final int SOCK_DGRAM = 2;
  private static final int SOCK_CLOEXEC = 0x80000;
  private static final int SOL_SOCKET = 1;
  private static final int SO_RCVBUF = 8;
  private static final int SO_ATTACH_FILTER = 26;
  private static final int SO_RCVBUFFORCE = 33;
  private static final int SO_MEMINFO = 55;

  /// linux/sock_diag.h: SK_MEMINFO_DROPS is the ninth of nine u32.
  private static final int SK_MEMINFO_BYTES = 36;

  private static final int SK_MEMINFO_DROPS = 32;
  private static final int MSG_TRUNC = 0x20;
  private static final int MSG_DONTWAIT = 0x40;

  /// struct sockaddr_nl: u16 family, u16 pad, u32 port (nl_pid), u32 groups.
  private static final int SOCKADDR_BYTES = 12;

  private static final int SOCKADDR_PORT = 4;
  private static final int SOCKADDR_GROUPS = 8;

  /// linux/filter.h, struct sock_fprog: u16 number of instructions, padding, their address.
  private static final int FPROG_BYTES = 16;

  private static final int FPROG_FILTER = 8;

  /// struct sock_filter: u16 code, u8 jump if true, u8 jump if false, u32 operand.
  private static final int INSTRUCTION_BYTES = 8;

  private static final int JUMP_IF_FALSE = 3;
  private static final int OPERAND = 4;

  /// BPF_LD | BPF_W | BPF_ABS: loads a word in network byte order.
  private static final short LOAD_WORD = 0x20;

  /// BPF_JMP | BPF_JEQ | BPF_K
  private static final short JUMP_IF_EQUAL = 0x15;

  /// BPF_RET | BPF_K: how many bytes of the datagram are kept.
  private static final short RETURN = 0x06;

  private final Arena arena = Arena.ofConfined();
  private final Libc libc = new Libc(arena);
  private final MemorySegment sender = arena.allocate(SOCKADDR_BYTES, 4);
  private final MemorySegment length = arena.allocate(Libc.INT);
  private final int fd;

  private NetlinkSocket(int protocol) throws NativeCallException {
    fd = libc.socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, protocol);
    if (fd == -1) {
      var failure = libc.failed("socket(AF_NETLINK, SOCK_DGRAM, %d)".formatted(protocol));
      arena.close();
      throw failure;
    }
  }

  /// Opens and binds a socket; the kernel chooses its port.
  ///
  /// @param groups bit mask of multicast groups; 0 for none
  /// @throws NativeCallException EPROTONOSUPPORT if the kernel lacks the protocol; EPERM if joining
  ///   the groups needs CAP_NET_ADMIN
  public static NetlinkSocket open(int protocol, int groups) throws NativeCallException {
    var socket = new NetlinkSocket(protocol);
    try {
      socket.bind(groups);
      return socket;
    } catch (NativeCallException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  private void bind(int groups) throws NativeCallException {
    var address = arena.allocate(SOCKADDR_BYTES, 4);
    address.set(Libc.SHORT, 0, (short) AF_NETLINK);
    address.set(Libc.INT, SOCKADDR_GROUPS, groups);
    if (libc.bind(fd, address, SOCKADDR_BYTES) == -1) {
      throw libc.failed("bind(AF_NETLINK, groups %#x)".formatted(groups));
    }
  }

  /// The port that the kernel chose: the column Pid of /proc/net/netlink, and nlmsg_pid of
  /// requests.
  public int port() throws NativeCallException {
    try (var scratch = Arena.ofConfined()) {
      var address = scratch.allocate(SOCKADDR_BYTES, 4);
      var size = scratch.allocateFrom(Libc.INT, SOCKADDR_BYTES);
      if (libc.getsockname(fd, address, size) == -1) {
        throw libc.failed("getsockname");
      }
      return address.get(Libc.INT, SOCKADDR_PORT);
    }
  }

  /// Asks for a receive buffer: with CAP_NET_ADMIN of any size (SO_RCVBUFFORCE), otherwise up to
  /// net.core.rmem_max (SO_RCVBUF).
  ///
  /// @param bytes the size to ask for; the kernel doubles it for its own data
  /// @return the size that the kernel reports, twice what it granted
  public int growReceiveBuffer(int bytes) throws NativeCallException {
    try (var scratch = Arena.ofConfined()) {
      var value = scratch.allocateFrom(Libc.INT, bytes);
      if (libc.setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, value, Integer.BYTES) == -1) {
        if (Errno.of(libc.errno()) != Errno.EPERM) {
          throw libc.failed("setsockopt(SO_RCVBUFFORCE, %d)".formatted(bytes));
        }
        if (libc.setsockopt(fd, SOL_SOCKET, SO_RCVBUF, value, Integer.BYTES) == -1) {
          throw libc.failed("setsockopt(SO_RCVBUF, %d)".formatted(bytes));
        }
      }
      var size = scratch.allocateFrom(Libc.INT, Integer.BYTES);
      if (libc.getsockopt(fd, SOL_SOCKET, SO_RCVBUF, value, size) == -1) {
        throw libc.failed("getsockopt(SO_RCVBUF)");
      }
      return value.get(Libc.INT, 0);
    }
  }

  /// The number of datagrams dropped since the socket was opened: Drops in /proc/net/netlink,
  /// unsigned 32-bit. Linux 4.12 and later.
  ///
  /// @throws NativeCallException with an older kernel
  public int drops() throws NativeCallException {
    try (var scratch = Arena.ofConfined()) {
      var memory = scratch.allocate(SK_MEMINFO_BYTES, 4);
      var size = scratch.allocateFrom(Libc.INT, SK_MEMINFO_BYTES);
      if (libc.getsockopt(fd, SOL_SOCKET, SO_MEMINFO, memory, size) == -1) {
        throw libc.failed("getsockopt(SO_MEMINFO)");
      }
      return memory.get(Libc.INT, SK_MEMINFO_DROPS);
    }
  }

  /// Lets the kernel drop every datagram but those with one of the values at an offset, by a socket
  /// filter (classic BPF, socket(7)). It replaces the filter before; what is queued stays.
  ///
  /// @param offset of a 32-bit number in native byte order, from the netlink header on
  /// @param values 2,000 at most
  public void passOnly(int offset, int[] values) throws NativeCallException {
    try (var scratch = Arena.ofConfined()) {
      int length = 2 * values.length + 2;
      var program = scratch.allocate((long) length * INSTRUCTION_BYTES, 4);
      instruct(program, 0, LOAD_WORD, 0, offset);
      boolean swapped = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
      for (int i = 0; i < values.length; i++) {
        int value = swapped ? Integer.reverseBytes(values[i]) : values[i];
        instruct(program, 2 * i + 1, JUMP_IF_EQUAL, 1, value);
        instruct(program, 2 * i + 2, RETURN, 0, -1);
      }
      instruct(program, length - 1, RETURN, 0, 0);
      var described = scratch.allocate(FPROG_BYTES, 8);
      described.set(Libc.SHORT, 0, (short) length);
      described.set(ValueLayout.ADDRESS, FPROG_FILTER, program);
      if (libc.setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, described, FPROG_BYTES) == -1) {
        throw libc.failed("setsockopt(SO_ATTACH_FILTER, %d instructions)".formatted(length));
      }
    }
  }

  private static void instruct(
      MemorySegment program, int index, short code, int jumpIfFalse, int operand) {
    long at = (long) index * INSTRUCTION_BYTES;
    program.set(Libc.SHORT, at, code);
    program.set(ValueLayout.JAVA_BYTE, at + JUMP_IF_FALSE, (byte) jumpIfFalse);
    program.set(Libc.INT, at + OPERAND, operand);
  }

  /// Sends one datagram to the kernel.
  public void send(byte[] message) throws NativeCallException {
    try (var scratch = Arena.ofConfined()) {
      var bytes = scratch.allocate(message.length, 8);
      MemorySegment.copy(message, 0, bytes, ValueLayout.JAVA_BYTE, 0, message.length);
      var kernel = scratch.allocate(SOCKADDR_BYTES, 4);
      kernel.set(Libc.SHORT, 0, (short) AF_NETLINK);
      if (libc.sendto(fd, bytes, message.length, 0, kernel, SOCKADDR_BYTES) == -1) {
        throw libc.failed("sendto");
      }
    }
  }

  /// Receives a queued datagram into a slot, without waiting.
  ///
  /// @return its full length, which is greater than the slot's if the datagram was cut; [#NOTHING]
  ///   if none is queued; [#OVERRUN] if the kernel dropped some (once per overflow, before what is
  ///   still queued); [#FOREIGN] if another process sent it
  public int receive(ReceiveSlots slots, int slot) throws IOException {
    var memory = slots.segment(slot);
    length.set(Libc.INT, 0, SOCKADDR_BYTES);
    long received =
        libc.recvfrom(fd, memory, memory.byteSize(), MSG_DONTWAIT | MSG_TRUNC, sender, length);
    if (received == -1) {
      var errno = Errno.of(libc.errno());
      if (errno == Errno.ENOBUFS) {
        return OVERRUN;
      }
      if (errno == Errno.EAGAIN || errno == Errno.EINTR) {
        return NOTHING;
      }
      throw libc.failed("recvfrom");
    }
    slots.view(slot).limit((int) Math.min(received, memory.byteSize()));
    return sender.get(Libc.INT, SOCKADDR_PORT) == 0 ? (int) received : FOREIGN;
  }

  int descriptor() {
    return fd;
  }

  @Override
  public void close() {
    Libc.closeQuietly(fd);
    arena.close();
  }
}
