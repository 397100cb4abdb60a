package io.halfsecond.collector.source.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Reads messages of the proc connector: `struct nlmsghdr` (16 bytes, linux/netlink.h), `struct
/// cn_msg` (20 bytes, linux/connector.h), `struct proc_event` (40 bytes, linux/cn_proc.h; the same
/// size since Linux 3.x).
///
/// **Guarantees** never to throw, whatever the bytes: a [ProcMessage.Malformed] says what is wrong.
/// **Assumes** a buffer in native byte order.
///
/// The methods that return primitives let a reader skip events of other programs without making an
/// object. Call them only if [#check] found no error.
public final class ProcConnectorDecoder {
  /// linux/cn_proc.h, enum what
  static final int WHAT_NONE = 0;

  static final int WHAT_FORK = 0x1;
  static final int WHAT_EXEC = 0x2;
  static final int WHAT_UID = 0x4;
  static final int WHAT_SID = 0x80;
  static final int WHAT_EXIT = 0x80000000;

  static final int NLMSG_HEADER = 16;
  private static final int NLMSG_SEQ = 8;
  private static final short NLMSG_DONE = 3;
  private static final int CN_IDX = 16;
  private static final int CN_VAL = 20;
  private static final int CN_ACK = 28;
  private static final int CN_LENGTH = 32;
  private static final int EVENT = 36;
  private static final int EVENT_BYTES = 40;
  private static final int CPU = 40;

  /// Not aligned to eight bytes.
  private static final int TIMESTAMP = 44;

  private static final int DATA = 52;

  /// Of the process that an event is about; for a fork, of the parent.
  static final int TGID = DATA + 4;

  static final int MESSAGE_BYTES = EVENT + EVENT_BYTES;

  /// PID_MAX_LIMIT in linux/threads.h: a greater number is not the id of a process.
  private static final int GREATEST_ID = 1 << 22;

  private static final int CN_IDX_PROC = 1;
  private static final int CN_VAL_PROC = 1;
  private static final int PROC_CN_MCAST_LISTEN = 1;
  private static final int PROC_CN_MCAST_IGNORE = 2;

  private ProcConnectorDecoder() {}

  /// What is wrong with the message at an offset; empty if nothing.
  static String check(ByteBuffer bytes, int at) {
    int left = bytes.limit() - at;
    if (at < 0 || left < MESSAGE_BYTES) {
      return "shorter than a proc event";
    }
    int length = bytes.getInt(at);
    if (length < MESSAGE_BYTES || length > left) {
      return "length of the netlink message out of range";
    }
    if (bytes.getShort(at + 4) != NLMSG_DONE) {
      return "not a connector's netlink message";
    }
    if (bytes.getInt(at + CN_IDX) != CN_IDX_PROC || bytes.getInt(at + CN_VAL) != CN_VAL_PROC) {
      return "not from the proc connector";
    }
    if (Short.toUnsignedInt(bytes.getShort(at + CN_LENGTH)) < EVENT_BYTES) {
      return "length of the proc event out of range";
    }
    int what = what(bytes, at);
    boolean processes =
        what == WHAT_NONE
            || (isId(bytes, at + DATA)
                && isId(bytes, at + DATA + 4)
                && (what != WHAT_FORK
                    || (isId(bytes, at + DATA + 8) && isId(bytes, at + DATA + 12))));
    return processes ? "" : "not the id of a process";
  }

  /// 0 is the idle task of a CPU.
  private static boolean isId(ByteBuffer bytes, int at) {
    int id = bytes.getInt(at);
    return id >= 0 && id <= GREATEST_ID;
  }

  /// The offset of the next message: lengths are rounded up to four bytes.
  static int next(ByteBuffer bytes, int at) {
    return at + (bytes.getInt(at) + 3 & ~3);
  }

  /// Increases by one with each message of a CPU.
  static int sequence(ByteBuffer bytes, int at) {
    return bytes.getInt(at + NLMSG_SEQ);
  }

  static int cpu(ByteBuffer bytes, int at) {
    return bytes.getInt(at + CPU);
  }

  static long atNanos(ByteBuffer bytes, int at) {
    return bytes.getLong(at + TIMESTAMP);
  }

  static int what(ByteBuffer bytes, int at) {
    return bytes.getInt(at + EVENT);
  }

  /// The process that the event is about; for a fork, the parent.
  static int tgid(ByteBuffer bytes, int at) {
    return bytes.getInt(at + DATA + 4);
  }

  /// For a fork, the new process, or the process with a new thread.
  static int childTgid(ByteBuffer bytes, int at) {
    return bytes.getInt(at + DATA + 12);
  }

  /// Reads the message at an offset.
  public static ProcMessage decode(ByteBuffer bytes, int at) {
    var wrong = check(bytes, at);
    if (!wrong.isEmpty()) {
      return new ProcMessage.Malformed(wrong);
    }
    long time = atNanos(bytes, at);
    int data = at + DATA;
    int what = what(bytes, at);
    return switch (what) {
      case WHAT_NONE -> new ProcMessage.Ack(bytes.getInt(at + CN_ACK), bytes.getInt(data));
      case WHAT_FORK ->
          new ProcMessage.Fork(
              time, bytes.getInt(data + 4), bytes.getInt(data + 8), bytes.getInt(data + 12));
      case WHAT_EXEC -> new ProcMessage.Exec(time, bytes.getInt(data), bytes.getInt(data + 4));
      case WHAT_UID ->
          new ProcMessage.Uid(
              time,
              bytes.getInt(data),
              bytes.getInt(data + 4),
              bytes.getInt(data + 8),
              bytes.getInt(data + 12));
      case WHAT_SID -> new ProcMessage.Sid(time, bytes.getInt(data), bytes.getInt(data + 4));
      case WHAT_EXIT ->
          new ProcMessage.Exit(
              time,
              bytes.getInt(data),
              bytes.getInt(data + 4),
              bytes.getInt(data + 8),
              bytes.getInt(data + 20));
      default -> new ProcMessage.Other(time, what);
    };
  }

  /// The request to receive all events. Without an event mask, because the kernel sends no
  /// acknowledgement with one.
  ///
  /// @param ack repeated, plus one, in [ProcMessage.Ack#acknowledges]
  static byte[] listenRequest(int port, int ack) {
    return request(port, ack, PROC_CN_MCAST_LISTEN);
  }

  /// The request to receive no more events.
  static byte[] ignoreRequest(int port, int ack) {
    return request(port, ack, PROC_CN_MCAST_IGNORE);
  }

  private static byte[] request(int port, int ack, int operation) {
    return ByteBuffer.allocate(EVENT + 4)
        .order(ByteOrder.nativeOrder())
        .putInt(EVENT + 4)
        .putShort(NLMSG_DONE)
        .putShort((short) 0)
        .putInt(0)
        .putInt(port)
        .putInt(CN_IDX_PROC)
        .putInt(CN_VAL_PROC)
        .putInt(0)
        .putInt(ack)
        .putShort((short) 4)
        .putShort((short) 0)
        .putInt(operation)
        .array();
  }
}
