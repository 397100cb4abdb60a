package io.halfsecond.collector.source.kernel;

import io.halfsecond.collector.event.KernelEvent;
import io.halfsecond.collector.event.Usage;
import io.halfsecond.collector.linux.Proc;
import io.halfsecond.collector.linux.SmallFileReader;
import io.halfsecond.collector.sshd.SshdCommandLine;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;

/// What proc(5) shows about processes without any capability. Belongs to the thread that made it.
///
/// A process may be gone at any moment; the answer is then empty.
final class ProcFs implements AutoCloseable {
  /// More than the needed lines of stat and status; a longer cmdline is cut.
  private static final int FILE_BYTES = 8192;

  /// A longer environment is cut.
  private static final int ENVIRONMENT_BYTES = 1 << 16;

  /// glibc's, musl's and the variables that tune glibc's loader and allocator.
  private static final Pattern LOADER_VARIABLE =
      Pattern.compile("(?:LD_[A-Z0-9_]+|GLIBC_TUNABLES)=");

  private static final int MOST_VARIABLES = 16;
  private static final int LONGEST = 1_024;

  /// USER_HZ is 100 on every architecture that OpenJDK 25 runs on.
  private static final long NANOS_PER_TICK = 10_000_000;

  /// One process.
  ///
  /// @param session the pid of its session's leader
  /// @param startedAtTicks since boot, 10 ms each
  record Running(int pid, int parent, int session, String comm, long startedAtTicks) {
    long startedNanos() {
      return startedAtTicks * NANOS_PER_TICK;
    }
  }

  private final Path root;
  private final SmallFileReader reader;
  private final SmallFileReader environments;
  private final byte[][] listenerNames;

  ProcFs(Path root, Set<String> listenerNames) {
    this.root = root;
    this.reader = new SmallFileReader(root.toString(), FILE_BYTES);
    this.environments = new SmallFileReader(root.toString(), ENVIRONMENT_BYTES);
    this.listenerNames =
        listenerNames.stream()
            .map(name -> name.getBytes(StandardCharsets.UTF_8))
            .toArray(byte[][]::new);
  }

  /// Whose name a process has.
  enum Name {
    LISTENER,
    OTHER,
    /** The process is gone. */
    GONE
  }

  /// Whether the process's comm is the name of a listener. Makes no object.
  Name name(int pid) {
    var comm = reader.read(pid, "/comm");
    for (var name : listenerNames) {
      if (equalsLine(comm, name)) {
        return Name.LISTENER;
      }
    }
    return comm.hasRemaining() ? Name.OTHER : Name.GONE;
  }

  private static boolean equalsLine(ByteBuffer line, byte[] name) {
    if (line.limit() != name.length + 1) {
      return false;
    }
    for (int i = 0; i < name.length; i++) {
      if (line.get(i) != name[i]) {
        return false;
      }
    }
    return line.get(name.length) == '\n';
  }

  /// The name of the process's program, at most 15 characters; empty if the process is gone.
  String comm(int pid) {
    return text(pid, "/comm").stripTrailing();
  }

  /// What the process has used so far; empty if the process is gone.
  Optional<Usage> usage(int pid) {
    var schedstat = text(pid, "/schedstat").strip().split(" ", -1);
    var fields = statFields(text(pid, "/stat"));
    if (schedstat.length != 3 || fields.length < 8) {
      return Optional.empty();
    }
    try {
      long minorFaults = Long.parseLong(fields[7]);
      // The kernel shows 0 once it has released the process, which may be after schedstat was read.
      return minorFaults == 0
          ? Optional.empty()
          : Optional.of(
              new Usage(Long.parseLong(schedstat[0]), Long.parseLong(schedstat[1]), minorFaults));
    } catch (IllegalArgumentException unreadable) {
      return Optional.empty();
    }
  }

  /// The fields of /proc/PID/stat from the third (state) on. The second, the name, may contain
  /// spaces and parentheses.
  private static String[] statFields(String stat) {
    int name = stat.lastIndexOf(')');
    return name < 0 || name + 2 > stat.length()
        ? new String[0]
        : stat.substring(name + 2).split(" ", -1);
  }

  Optional<Running> process(int pid) {
    var stat = text(pid, "/stat");
    var fields = statFields(stat);
    int open = stat.indexOf('(');
    int close = stat.lastIndexOf(')');
    if (fields.length < 20 || open < 0 || open > close) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new Running(
              pid,
              Integer.parseInt(fields[1]),
              Integer.parseInt(fields[3]),
              stat.substring(open + 1, close),
              Long.parseLong(fields[19])));
    } catch (NumberFormatException unreadable) {
      return Optional.empty();
    }
  }

  /// Whether the process's real and effective user is root, and it is in no container. Any user can
  /// name a program `sshd`, and a container is another host, so only these are taken for sshd.
  boolean runsAsRoot(int pid) {
    var status = text(pid, "/status");
    return Proc.runsAsRoot(status) && !Proc.inContainer(status);
  }

  /// The real user id; empty if the process is gone.
  OptionalInt realUid(int pid) {
    return Proc.realUid(text(pid, "/status"));
  }

  /// The program that the process executes; empty if the process is gone.
  Optional<KernelEvent.Program> program(int pid) {
    var uid = realUid(pid);
    var arguments = text(pid, "/cmdline").split("\0", -1);
    var exe = root.resolve(Integer.toString(pid)).resolve("exe");
    try {
      var file = Files.readAttributes(exe, "unix:dev,ino");
      return uid.isPresent()
              && file.get("dev") instanceof Number device
              && file.get("ino") instanceof Number inode
          ? Optional.of(
              new KernelEvent.Program(
                  Files.readSymbolicLink(exe).toString(),
                  device.longValue(),
                  inode.longValue(),
                  uid.getAsInt(),
                  Optional.of(arguments)
                      .filter(words -> words.length > 1 && words[1].startsWith("/"))
                      .map(words -> words[1])))
          : Optional.empty();
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  /// What the environment that the process was started with tells the dynamic loader; empty if it
  /// cannot be read.
  Optional<List<String>> loaderVariables(int pid) {
    var environment = environments.read(pid, "/environ");
    return environment.hasRemaining()
        ? Optional.of(
            Arrays.stream(
                    StandardCharsets.UTF_8
                        .decode(environment.duplicate())
                        .toString()
                        .split("\0", -1))
                .filter(variable -> LOADER_VARIABLE.matcher(variable).lookingAt())
                .limit(MOST_VARIABLES)
                .map(variable -> variable.substring(0, Math.min(LONGEST, variable.length())))
                .toList())
        : Optional.empty();
  }

  /// The command line; without arguments if the process is gone.
  SshdCommandLine commandLine(int pid) {
    return SshdCommandLine.parse(text(pid, "/cmdline"));
  }

  /// All processes.
  List<Running> processes() throws IOException {
    return Proc.pids(root).stream().flatMap(pid -> process(pid).stream()).toList();
  }

  /// The current time of the clock that start times in /proc are on; empty if it cannot be read.
  OptionalLong uptimeNanos() {
    try {
      var seconds = Files.readString(root.resolve("uptime")).split(" ", -1)[0];
      return OptionalLong.of((long) (Double.parseDouble(seconds) * 1e9));
    } catch (IOException | NumberFormatException unreadable) {
      return OptionalLong.empty();
    }
  }

  private String text(int pid, String file) {
    var content = reader.read(pid, file);
    return StandardCharsets.UTF_8.decode(content.duplicate().position(0)).toString();
  }

  @Override
  public void close() {
    reader.close();
    environments.close();
  }
}
