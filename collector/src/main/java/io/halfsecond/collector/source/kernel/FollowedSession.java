package io.halfsecond.collector.source.kernel;

import io.halfsecond.collector.event.KernelEvent;
import java.util.function.Consumer;

/// A session while its processes are followed: how many of its programs are still looked at, and
/// how many starts were counted without a name.
///
/// **Guarantees** every start is told by name, or counted; what was counted is told once.
final class FollowedSession {
  /// How many starts are looked at for each program that may be named: a program that is started
  /// again and again must not cost for ever.
  static final int LOOKS_PER_PROGRAM = 4;

  /// The processes of a connection's sessions that are followed beyond those of the tree.
  static final class Connection {
    /// `make -j64` has some three hundred.
    static final int MOST_PROCESSES = 1_024;

    private final int monitorPid;
    private int processes;

    Connection(int monitorPid) {
      this.monitorPid = monitorPid;
    }

    void admit() {
      processes++;
    }

    void release() {
      processes--;
    }

    boolean isFull() {
      return processes >= MOST_PROCESSES;
    }
  }

  private final Connection connection;
  private final int leaderPid;
  private int looks;
  private long counted;
  private int living;
  private boolean complete = true;
  private boolean told;

  /// @param programs that are named, at most
  FollowedSession(Connection connection, int leaderPid, int programs) {
    this.connection = connection;
    this.leaderPid = leaderPid;
    this.looks = programs * LOOKS_PER_PROGRAM;
  }

  Connection connection() {
    return connection;
  }

  /// Whether further programs are looked at.
  boolean hasRoom() {
    return looks > 0 && !told;
  }

  boolean isTold() {
    return told;
  }

  void entered() {
    living++;
  }

  void left() {
    living--;
  }

  /// Whether none of its processes is left.
  boolean isDeserted() {
    return living <= 0;
  }

  /// A process is not followed, or one was lost.
  void missed() {
    complete = false;
  }

  /// A program was looked at, and its name is known.
  void named(long at, String name, Consumer<KernelEvent> out) {
    looks--;
    out.accept(new KernelEvent.ProgramStarted(at, connection.monitorPid, leaderPid, name, false));
  }

  /// A program was looked at, and was gone.
  void nameless() {
    looks--;
    counted++;
  }

  /// A program was not looked at.
  void counted() {
    counted++;
  }

  /// The name of a program that was gone is known.
  void namedLate(long at, String name, Consumer<KernelEvent> out) {
    out.accept(new KernelEvent.ProgramStarted(at, connection.monitorPid, leaderPid, name, true));
  }

  /// Tells what was counted. Nothing that happens later belongs to the session.
  void tell(long at, Consumer<KernelEvent> out) {
    if (!told) {
      told = true;
      out.accept(
          new KernelEvent.ProgramsCounted(at, connection.monitorPid, leaderPid, counted, complete));
    }
  }
}
