package io.halfsecond.collector.linux;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/// What every reader of proc(5) has to know.
public final class Proc {
  /// Where the proc file system is mounted.
  public static final Path ROOT = Path.of("/proc");

  private static final String PARENT = "PPid:";

  private Proc() {}

  /// The pids of all processes.
  ///
  /// @throws IOException if there is no proc file system at the path
  public static List<Integer> pids(Path root) throws IOException {
    var pids = new ArrayList<Integer>();
    try (var entries = Files.newDirectoryStream(root, "[0-9]*")) {
      for (var entry : entries) {
        pids.add(Integer.valueOf(entry.getFileName().toString()));
      }
    } catch (NumberFormatException | DirectoryIteratorException e) {
      throw new IOException("no proc file system at " + root, e);
    }
    return pids;
  }

  /// The real user id, by the text of /proc/PID/status; empty if the process is gone.
  public static OptionalInt realUid(String status) {
    return status
        .lines()
        .filter(line -> line.startsWith("Uid:\t"))
        .mapToInt(line -> Integer.parseUnsignedInt(line.split("\t", -1)[1]))
        .findFirst();
  }

  /// Whether the real and the effective user is root, by the text of /proc/PID/status.
  public static boolean runsAsRoot(String status) {
    return status.lines().anyMatch(line -> line.startsWith("Uid:\t0\t0\t"));
  }

  /// The pid of the parent, by the text of /proc/PID/status; empty if the process is gone.
  public static OptionalInt parent(String status) {
    return status
        .lines()
        .filter(line -> line.startsWith(PARENT))
        .mapToInt(line -> Integer.parseInt(line.substring(PARENT.length()).strip()))
        .findFirst();
  }

  /// Whether the process is in a container: in a pid namespace below that of the proc file system,
  /// so that it has a pid in each, by the text of /proc/PID/status.
  public static boolean inContainer(String status) {
    return status
        .lines()
        .anyMatch(line -> line.startsWith("NSpid:") && line.strip().split("\\s+", -1).length > 2);
  }
}
