package io.halfsecond.collector.source.kernel;

import io.halfsecond.collector.linux.Proc;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What must be seen before the source counts as started: the acknowledgement of the request for
/// events, then fork, exit and taskstats record of a child of the collector. In another namespace
/// the kernel acknowledges requests that it does not serve.
final class StartCheck {
  private static final Logger LOG = LoggerFactory.getLogger(StartCheck.class);
  private static final int NO_CHILD = -1;

  private final int request;
  private Optional<ProcMessage.Ack> ack = Optional.empty();
  private int childPid = NO_CHILD;
  private boolean forked;
  private boolean exited;
  private Optional<TaskstatsMessage.TaskExit> record = Optional.empty();

  /// @param request the number that the acknowledgement must repeat, plus one
  StartCheck(int request) {
    this.request = request;
  }

  int request() {
    return request;
  }

  Optional<ProcMessage.Ack> ack() {
    return ack;
  }

  /// Starts the child. It sleeps because the kernel adds up CPU time at ticks and when a process
  /// leaves the CPU, not at its exit: a child that only exits is often accounted 0.
  void startChild() throws IOException {
    childPid =
        (int)
            new ProcessBuilder("sleep", "0.01")
                .redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.DISCARD)
                .start()
                .pid();
  }

  boolean hasChild() {
    return childPid != NO_CHILD;
  }

  boolean isChild(int pid) {
    return pid == childPid;
  }

  void onEvent(ByteBuffer datagram, int at, int what, int tgid, int childTgid) {
    switch (what) {
      case ProcConnectorDecoder.WHAT_NONE -> {
        // Acknowledgements go to every listener on the host.
        if (ProcConnectorDecoder.decode(datagram, at) instanceof ProcMessage.Ack answer
            && answer.acknowledges() == request + 1) {
          ack = Optional.of(answer);
        }
      }
      case ProcConnectorDecoder.WHAT_FORK -> forked |= isChild(childTgid);
      case ProcConnectorDecoder.WHAT_EXIT -> exited |= isChild(tgid);
      default -> {}
    }
  }

  void onRecord(TaskstatsMessage.TaskExit exit) {
    if (isChild(exit.pid())) {
      record = Optional.of(exit);
    }
  }

  boolean complete(boolean withRecord) {
    return forked && exited && (record.isPresent() || !withRecord);
  }

  /// Ends the check.
  ///
  /// @return why process events cannot be used; empty if they can
  Optional<String> missingEvents() {
    if (!forked || !exited) {
      return Optional.of(
          "the kernel granted process events, but the %s of a child of the collector was not seen: %s"
              .formatted(forked ? "exit" : "fork", namespaceAdvice()));
    }
    childPid = NO_CHILD;
    return Optional.empty();
  }

  /// @return why taskstats cannot be used; empty if they can
  Optional<String> missingRecords() {
    if (record.isEmpty()) {
      return Optional.of(
          "taskstats were granted, but no record of a child of the collector came: the collector"
              + " must be in the host's network namespace (no PrivateNetwork), and the kernel's"
              + " taskstats be of version 8 or later");
    }
    return record.get().usage().cpuNanos() > 0
        ? Optional.empty()
        : Optional.of(
            "taskstats carry no CPU time: this kernel (before 5.14) was booted with nodelayacct");
  }

  /// The version of the kernel's taskstats; 0 if no record came.
  int recordVersion() {
    return record.map(TaskstatsMessage.TaskExit::version).orElse(0);
  }

  /// Which namespace keeps the events away.
  static String namespaceAdvice() {
    try {
      // user_namespaces(7): the initial namespace maps every id to itself.
      var map = Files.readString(Proc.ROOT.resolve("self/uid_map")).strip().split("\\s+", -1);
      if (map.length != 3 || !map[2].equals("4294967295")) {
        return "the collector runs in a user namespace of its own and must run in the host's (no"
            + " PrivateUsers)";
      }
    } catch (IOException unreadable) {
      LOG.debug("uid_map not readable", unreadable);
    }
    return "the collector must run in the host's pid namespace (no PrivatePIDs, in a container"
        + " hostPID)";
  }
}
