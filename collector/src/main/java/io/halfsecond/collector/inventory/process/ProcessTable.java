package io.halfsecond.collector.inventory.process;

import io.halfsecond.collector.linux.BootClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
  private record Start(int pid, Duration afterBoot) {
    static Start of(ProcessInstance process) {
      return new Start(process.pid(), process.startedAfterBoot());
    }
  }

  private final Path proc;
  private final InstantSource wall = InstantSource.system();
  private final Instant bootedAt = bootedNow();
  private final Map<Start, Instant> startedAt = new HashMap<>();

  /// @param proc where the proc file system is mounted
  public ProcessTable(Path proc) {
    this.proc = proc;
  }

  public Path directory(int pid) {
    return proc.resolve(Integer.toString(pid));
  }

  /// The process with this pid; empty if there is none.
  public Optional<ProcessInstance> find(int pid) {
    try {
      return ProcessInstance.parse(
          pid, Files.readString(directory(pid).resolve("stat"), StandardCharsets.ISO_8859_1));
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  /// The process as it is now; empty if it has ended.
  public Optional<ProcessInstance> refresh(ProcessInstance process) {
    return find(process.pid()).filter(now -> Start.of(now).equals(Start.of(process)));
  }

  public Instant bootedAt() {
    return bootedAt;
  }

  public Instant startedAt(ProcessInstance process) {
    return startedAt.computeIfAbsent(
        Start.of(process), start -> bootedNow().plus(start.afterBoot()));
  }

  /// Forgets the dates of all other processes.
  public void retain(Stream<ProcessInstance> processes) {
    startedAt.keySet().retainAll(processes.map(Start::of).toList());
  }

  private Instant bootedNow() {
    try {
      return BootClock.bootedAt(wall);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
