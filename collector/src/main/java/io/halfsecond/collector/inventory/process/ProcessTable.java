package io.halfsecond.collector.inventory.process;

import io.halfsecond.collector.linux.BootClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The processes in /proc, and when each was started.
///
/// **Guarantees** a process is dated once, when it is first seen: setting the clock does not look
/// like a restart.
public final class ProcessTable {
  private final Path proc;
  private final InstantSource wall = InstantSource.system();
  private final Instant bootedAt = bootedNow();
  private final Map<ProcessInstance, Instant> startedAt = new HashMap<>();
  private final ListenerExecutions executions;

  /// @param proc where the proc file system is mounted
  public ProcessTable(Path proc, ListenerExecutions executions) {
    this.proc = proc;
    this.executions = executions;
  }

  public Path directory(int pid) {
    return proc.resolve(Integer.toString(pid));
  }

  /// The process with this pid; empty if there is none.
  public Optional<ProcessInstance> find(int pid) {
    try {
      return ProcessInstance.parse(
          pid,
          Files.readString(directory(pid).resolve("stat"), StandardCharsets.ISO_8859_1),
          executions.of(pid));
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  /// The process as it is now; empty if it has ended.
  public Optional<ProcessInstance> refresh(ProcessInstance process) {
    return find(process.pid()).filter(process::sameProcess);
  }

  public Instant bootedAt() {
    return bootedAt;
  }

  /// When the process started, or executed its program again. Where the kernel's events do not say
  /// that, the moment at which another program was first seen.
  public Instant startedAt(ProcessInstance process) {
    var known = startedAt.get(process);
    if (known != null) {
      return known;
    }
    var at = dated(process);
    startedAt.put(process, at);
    return at;
  }

  private Instant dated(ProcessInstance process) {
    if (process.executedAtNanos().isPresent()) {
      return wall.instant().minusNanos(System.nanoTime() - process.executedAtNanos().getAsLong());
    }
    return startedAt.keySet().stream().anyMatch(process::sameProcess)
        ? wall.instant()
        : bootedNow().plus(process.startedAfterBoot());
  }

  /// Forgets the dates of all other processes.
  public void retain(Stream<ProcessInstance> processes) {
    startedAt.keySet().retainAll(processes.toList());
  }

  private Instant bootedNow() {
    try {
      return BootClock.bootedAt(wall);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
