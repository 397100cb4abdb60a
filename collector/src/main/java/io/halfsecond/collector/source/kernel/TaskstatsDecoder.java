package io.halfsecond.collector.source.kernel;

import io.halfsecond.collector.event.KernelEvent.RanProgram;
import io.halfsecond.collector.event.Usage;
import io.halfsecond.collector.source.kernel.TaskstatsMessage.Ending;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Reads messages of the taskstats interface: `struct nlmsghdr` and `struct genlmsghdr` (20 bytes),
/// then attributes (`struct nlattr`) that nest `struct taskstats` (linux/taskstats.h), versions 8
/// and later.
///
/// **Guarantees** never to throw, whatever the bytes: a [TaskstatsMessage.Malformed] says what is
/// wrong. Each record must hold, where its version puts `ac_pid`, the pid of the attribute before
/// it, so that an unexpected layout is rejected. **Assumes** a buffer in native byte order.
public final class TaskstatsDecoder {
  private static final int GENL_HEADER = 20;
  private static final int NLMSG_ERROR = 2;
  private static final int NLM_F_REQUEST = 1;
  private static final int NLM_F_ACK = 4;
  private static final int NLA_TYPE_MASK = 0x3fff;

  /// linux/genetlink.h
  static final int GENL_ID_CTRL = 16;

  private static final int CTRL_CMD_NEWFAMILY = 1;
  private static final int CTRL_CMD_GETFAMILY = 3;
  private static final int CTRL_ATTR_FAMILY_ID = 1;
  private static final int CTRL_ATTR_FAMILY_NAME = 2;

  /// linux/taskstats.h
  private static final int TASKSTATS_CMD_GET = 1;

  private static final int TASKSTATS_CMD_NEW = 2;
  private static final int TASKSTATS_CMD_ATTR_REGISTER_CPUMASK = 3;
  private static final int TASKSTATS_CMD_ATTR_DEREGISTER_CPUMASK = 4;
  private static final int TASKSTATS_TYPE_PID = 1;
  private static final int TASKSTATS_TYPE_TGID = 2;
  private static final int TASKSTATS_TYPE_STATS = 3;
  private static final int TASKSTATS_TYPE_AGGR_PID = 4;
  private static final int TASKSTATS_TYPE_AGGR_TGID = 5;

  /// linux/acct.h: the last thread of its process.
  private static final int AGROUP = 0x20;

  private static final int FLAG = 8;
  private static final int CPU_DELAY_TOTAL = 24;
  private static final int CPU_RUN_VIRTUAL_TOTAL = 72;
  private static final int AC_PID = 128;
  private static final int AC_MINFLT = 168;
  private static final int AC_TGID = 368;
  private static final int AC_EXE_DEV = 384;
  private static final int AC_EXE_INODE = 392;
  private static final int AC_COMM = 80;
  private static final int COMM_BYTES = 32;
  private static final int AC_UID = 120;
  private static final int OLDEST_VERSION = 8;
  private static final int VERSION_WITH_TGID = 12;

  /// Version 15 put maxima and minima (two u64) after each delay, which breaks the rule that fields
  /// are appended; version 16 moved them to the end. Three pairs stand before cpu_run_real_total,
  /// six before ac_tgid.
  private static final int VERSION_WITH_INSERTS = 15;

  private static final int INSERTED_BEFORE_RUN_TIMES = 48;
  private static final int INSERTED_BEFORE_TGID = 96;

  private TaskstatsDecoder() {}

  /// Reads a datagram.
  ///
  /// @param family the number of the family TASKSTATS; −1 if it is not known yet
  public static TaskstatsMessage decode(ByteBuffer bytes, int family) {
    if (bytes.limit() < GENL_HEADER) {
      return new TaskstatsMessage.Malformed("shorter than a generic netlink message");
    }
    int length = bytes.getInt(0);
    if (length < GENL_HEADER || length > bytes.limit()) {
      return new TaskstatsMessage.Malformed("length of the netlink message out of range");
    }
    int type = Short.toUnsignedInt(bytes.getShort(4));
    int command = Byte.toUnsignedInt(bytes.get(16));
    if (type == NLMSG_ERROR) {
      // The kernel gives the negated number.
      return new TaskstatsMessage.Answer(bytes.getInt(8), -bytes.getInt(16));
    }
    if (type == GENL_ID_CTRL) {
      int id =
          command == CTRL_CMD_NEWFAMILY
              ? find(bytes, GENL_HEADER, length, CTRL_ATTR_FAMILY_ID, 2)
              : -1;
      return id < 0
          ? new TaskstatsMessage.Other()
          : new TaskstatsMessage.Family(Short.toUnsignedInt(bytes.getShort(id)));
    }
    if (type != family) {
      return new TaskstatsMessage.Malformed("not from the family TASKSTATS");
    }
    return command == TASKSTATS_CMD_NEW ? ended(bytes, length) : new TaskstatsMessage.Other();
  }

  private static TaskstatsMessage ended(ByteBuffer bytes, int length) {
    // If the record of a group is cut, the last thread's must not pass for the whole process's.
    if (!wellFormed(bytes, GENL_HEADER, length)) {
      return new TaskstatsMessage.Malformed("attribute longer than its message");
    }
    int task = find(bytes, GENL_HEADER, length, TASKSTATS_TYPE_AGGR_PID, 0);
    if (task < 0) {
      return new TaskstatsMessage.Malformed("no record of a task");
    }
    int taskEnd = end(bytes, task);
    int pidAt = find(bytes, task, taskEnd, TASKSTATS_TYPE_PID, 4);
    int stats = find(bytes, task, taskEnd, TASKSTATS_TYPE_STATS, AC_MINFLT + 8);
    if (pidAt < 0 || stats < 0) {
      return new TaskstatsMessage.Malformed("record of a task without pid or figures");
    }
    int size = end(bytes, stats) - stats;
    int version = Short.toUnsignedInt(bytes.getShort(stats));
    if (version < OLDEST_VERSION) {
      return new TaskstatsMessage.Malformed("taskstats version " + version);
    }
    int shift = version == VERSION_WITH_INSERTS ? INSERTED_BEFORE_RUN_TIMES : 0;
    int tgidAt = version == VERSION_WITH_INSERTS ? AC_TGID + INSERTED_BEFORE_TGID : AC_TGID;
    boolean tellsTgid = version >= VERSION_WITH_TGID;
    if (size < (tellsTgid ? tgidAt + 4 : AC_MINFLT + shift + 8)) {
      return new TaskstatsMessage.Malformed("record shorter than its version");
    }
    int pid = bytes.getInt(pidAt);
    if (bytes.getInt(stats + AC_PID + shift) != pid) {
      return new TaskstatsMessage.Malformed("layout differs from taskstats version " + version);
    }
    if (pid <= 0 || (tellsTgid && bytes.getInt(stats + tgidAt) <= 0)) {
      return new TaskstatsMessage.Malformed("not the id of a process");
    }
    var usage = usage(bytes, stats, shift, bytes.getLong(stats + AC_MINFLT + shift));
    if (usage.isEmpty()) {
      return new TaskstatsMessage.Malformed("figures beyond 63 bits");
    }

    var ran = tellsTgid ? ran(bytes, stats, size, shift, tgidAt) : Optional.<RanProgram>empty();
    int group = find(bytes, GENL_HEADER, length, TASKSTATS_TYPE_AGGR_TGID, 0);
    if (group >= 0) {
      int groupEnd = end(bytes, group);
      int groupTgid = find(bytes, group, groupEnd, TASKSTATS_TYPE_TGID, 4);
      int groupStats =
          find(bytes, group, groupEnd, TASKSTATS_TYPE_STATS, CPU_RUN_VIRTUAL_TOTAL + 8 + shift);
      if (groupTgid < 0 || groupStats < 0 || bytes.getInt(groupTgid) <= 0) {
        return new TaskstatsMessage.Malformed("record of a group without tgid or figures");
      }
      // Older kernels leave the group's own version at 0; it has the layout of the record before
      // it.
      var total = usage(bytes, groupStats, shift, 0);
      if (total.isEmpty()) {
        return new TaskstatsMessage.Malformed("figures beyond 63 bits");
      }
      return new TaskstatsMessage.TaskExit(
          version, pid, bytes.getInt(groupTgid), Ending.PROCESS, usage.get(), total, ran);
    }
    if (!tellsTgid) {
      return new TaskstatsMessage.TaskExit(
          version, pid, 0, Ending.UNKNOWN, usage.get(), Optional.empty(), ran);
    }
    var ending = (bytes.get(stats + FLAG) & AGROUP) != 0 ? Ending.PROCESS : Ending.THREAD;
    return new TaskstatsMessage.TaskExit(
        version, pid, bytes.getInt(stats + tgidAt), ending, usage.get(), Optional.empty(), ran);
  }

  /// Of a kernel thread there is none.
  private static Optional<RanProgram> ran(
      ByteBuffer bytes, int stats, int size, int shift, int tgidAt) {
    int devAt = tgidAt + AC_EXE_DEV - AC_TGID;
    int inodeAt = tgidAt + AC_EXE_INODE - AC_TGID;
    if (size < inodeAt + Long.BYTES || bytes.getLong(stats + inodeAt) == 0) {
      return Optional.empty();
    }
    var comm = new byte[COMM_BYTES];
    bytes.get(stats + AC_COMM + shift, comm);
    int end = 0;
    while (end < COMM_BYTES && comm[end] != 0) {
      end++;
    }
    if (end == 0) {
      return Optional.empty();
    }
    return Optional.of(
        new RanProgram(
            new String(comm, 0, end, StandardCharsets.UTF_8),
            bytes.getLong(stats + devAt),
            bytes.getLong(stats + inodeAt),
            bytes.getInt(stats + AC_UID + shift)));
  }

  private static Optional<Usage> usage(ByteBuffer bytes, int stats, int shift, long minorFaults) {
    long cpu = bytes.getLong(stats + CPU_RUN_VIRTUAL_TOTAL + shift);
    long delay = bytes.getLong(stats + CPU_DELAY_TOTAL);
    // Unsigned in the kernel; 2^63 ns are 292 years.
    return cpu < 0 || delay < 0 || minorFaults < 0
        ? Optional.empty()
        : Optional.of(new Usage(cpu, delay, minorFaults));
  }

  /// The process that a record is about, without making an object: the group's tgid, else the
  /// task's (version 12 and later), else the task's pid. −1 if only decoding can answer: the
  /// datagram is no record, or malformed.
  static int process(ByteBuffer bytes, int family) {
    // The kernel puts the pid first and the figures second. Anything else is left to decode().
    int stats = GENL_HEADER + 16;
    if (bytes.limit() < stats + AC_TGID + INSERTED_BEFORE_TGID + 4
        || bytes.getInt(0) != bytes.limit()
        || bytes.getShort(GENL_HEADER + 4) != 8
        || Short.toUnsignedInt(bytes.getShort(4)) != family
        || type(bytes, GENL_HEADER) != TASKSTATS_TYPE_AGGR_PID
        || type(bytes, GENL_HEADER + 4) != TASKSTATS_TYPE_PID
        || type(bytes, GENL_HEADER + 12) != TASKSTATS_TYPE_STATS) {
      return -1;
    }
    int group = GENL_HEADER + (Short.toUnsignedInt(bytes.getShort(GENL_HEADER)) + 3 & ~3);
    if (group + 12 <= bytes.limit()) {
      return type(bytes, group) == TASKSTATS_TYPE_AGGR_TGID
              && type(bytes, group + 4) == TASKSTATS_TYPE_TGID
          ? bytes.getInt(group + 8)
          : -1;
    }
    int version = Short.toUnsignedInt(bytes.getShort(stats));
    if (version < VERSION_WITH_TGID) {
      return bytes.getInt(GENL_HEADER + 8);
    }
    return bytes.getInt(
        stats + AC_TGID + (version == VERSION_WITH_INSERTS ? INSERTED_BEFORE_TGID : 0));
  }

  private static int type(ByteBuffer bytes, int attribute) {
    return bytes.getShort(attribute + 2) & NLA_TYPE_MASK;
  }

  private static boolean wellFormed(ByteBuffer bytes, int from, int to) {
    int at = from;
    while (at + 4 <= to) {
      int length = Short.toUnsignedInt(bytes.getShort(at));
      if (length < 4 || at + length > to) {
        return false;
      }
      at += length + 3 & ~3;
    }
    return true;
  }

  /// The offset of the payload of the first attribute of a type; −1 if there is none that is whole
  /// and has at least `least` bytes.
  private static int find(ByteBuffer bytes, int from, int to, int type, int least) {
    int at = from;
    while (at + 4 <= to) {
      int length = Short.toUnsignedInt(bytes.getShort(at));
      if (length < 4 || at + length > to) {
        return -1;
      }
      if (type(bytes, at) == type) {
        return length - 4 >= least ? at + 4 : -1;
      }
      at += length + 3 & ~3;
    }
    return -1;
  }

  /// The end of a payload that [#find] found.
  private static int end(ByteBuffer bytes, int payload) {
    return payload - 4 + Short.toUnsignedInt(bytes.getShort(payload - 4));
  }

  /// The request for the number of the family.
  static byte[] familyRequest(int sequence) {
    return request(
        GENL_ID_CTRL,
        NLM_F_REQUEST,
        sequence,
        CTRL_CMD_GETFAMILY,
        CTRL_ATTR_FAMILY_NAME,
        "TASKSTATS");
  }

  /// The request for a record of every task that ends on one of the CPUs.
  ///
  /// @param cpus as in /sys/devices/system/cpu/possible, for example `0-3,8`
  static byte[] registerRequest(int family, int sequence, String cpus) {
    return request(
        family,
        NLM_F_REQUEST | NLM_F_ACK,
        sequence,
        TASKSTATS_CMD_GET,
        TASKSTATS_CMD_ATTR_REGISTER_CPUMASK,
        cpus);
  }

  /// The request that undoes [#registerRequest].
  static byte[] deregisterRequest(int family, int sequence, String cpus) {
    return request(
        family,
        NLM_F_REQUEST,
        sequence,
        TASKSTATS_CMD_GET,
        TASKSTATS_CMD_ATTR_DEREGISTER_CPUMASK,
        cpus);
  }

  private static byte[] request(
      int type, int flags, int sequence, int command, int attribute, String text) {
    var value = text.getBytes(StandardCharsets.US_ASCII);
    int attributeLength = 4 + value.length + 1;
    int length = GENL_HEADER + (attributeLength + 3 & ~3);
    return ByteBuffer.allocate(length)
        .order(ByteOrder.nativeOrder())
        .putInt(length)
        .putShort((short) type)
        .putShort((short) flags)
        .putInt(sequence)
        .putInt(0)
        .put((byte) command)
        .put((byte) 1)
        .putShort((short) 0)
        .putShort((short) attributeLength)
        .putShort((short) attribute)
        .put(value)
        .array();
  }
}
