package io.halfsecond.collector.inventory;

import io.halfsecond.collector.inventory.host.FileDependencies;
import io.halfsecond.collector.inventory.host.HostFiles;
import io.halfsecond.collector.inventory.host.ReadPacing;
import io.halfsecond.collector.inventory.loader.Loader;
import io.halfsecond.collector.inventory.packages.PackageOwners;
import io.halfsecond.collector.inventory.process.ExecutableMappings;
import io.halfsecond.collector.inventory.process.ListenerExecutions;
import io.halfsecond.collector.inventory.process.LocatedFile;
import io.halfsecond.collector.inventory.process.MappedIn;
import io.halfsecond.collector.inventory.process.Mapping.MappedFile;
import io.halfsecond.collector.inventory.process.ProcessInstance;
import io.halfsecond.collector.inventory.process.ProcessTable;
import io.halfsecond.collector.linux.HostCommand;
import io.halfsecond.collector.sshd.SshdCommandLine;
import io.halfsecond.collector.sshd.SshdListeners;
import io.halfsecond.collector.sshd.SshdProgramSearch;
import io.halfsecond.collector.sshd.SshdPrograms;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Inspects the files that this host's sshd consists of.
///
/// **Guarantees** a file is read once as long as its device, inode, size and times stay the same;
/// nothing is written, and sshd itself is not touched. Where the listener's memory may not be read,
/// its libraries are resolved as the loader would resolve them, and the fingerprint says so.
/// **Assumes** use by one thread.
public final class Inventory implements Inspector {
  private static final Path SYS = Path.of("/sys");
  static final Path CONFIGURATIONS = Path.of("/etc/ssh");
  static final Path CONFIGURATION = CONFIGURATIONS.resolve("sshd_config");

  /// What the last full inspection depended on.
  private record LastInspection(Optional<ProcessInstance> listener, FileDependencies files) {}

  /// The programs that a listener consists of; they are asked for once in its life.
  private record KnownPrograms(ProcessInstance listener, List<Path> paths) {}

  private final Path proc;
  private final SshdListeners listeners;
  private final ReadPacing pacing;
  private final ProcessTable processes;
  private final FileContents contents;
  private final PackageOwners packages;
  private final Loader loader;
  private final SshdProgramSearch search;
  private final ChildSamples monitors;
  private final ChildSamples preauthChildren;
  private Optional<LastInspection> last = Optional.empty();

  /// The listener of the last check, if that found another listener than the last inspection.
  private Optional<Optional<ProcessInstance>> unsettled = Optional.empty();

  private Optional<KnownPrograms> programs = Optional.empty();

  /// For a process that does nothing else meanwhile.
  ///
  /// @param proc where the proc file system is mounted
  /// @param listeners finds the sshd to inspect
  public Inventory(Path proc, SshdListeners listeners, ReadPacing pacing) {
    this(proc, listeners, pacing, new ReentrantLock(), new ListenerExecutions());
  }

  /// @param proc where the proc file system is mounted
  /// @param listeners finds the sshd to inspect
  /// @param exclusive held while a program of the host runs: sshd -G, ldconfig or rpm
  /// @param executions says when a listener executed itself again
  public Inventory(
      Path proc,
      SshdListeners listeners,
      ReadPacing pacing,
      Lock exclusive,
      ListenerExecutions executions) {
    this.proc = proc;
    this.listeners = listeners;
    this.pacing = pacing;
    this.processes = new ProcessTable(proc, executions);
    this.contents = new FileContents(pacing);
    this.monitors = new ChildSamples(MappedIn.MONITOR, processes, contents);
    this.preauthChildren = new ChildSamples(MappedIn.PREAUTH, processes, contents);
    var command = new HostCommand(exclusive);
    this.packages = new PackageOwners(command, pacing);
    this.loader = new Loader(command);
    this.search = new SshdProgramSearch(listeners, command);
  }

  /// stat(2) of about 30 files, or 60 if memory may not be read. /proc is not searched as long as
  /// the listener lives.
  @Override
  public Check check() {
    var listener = listener();
    if (last.isEmpty() || !listener.equals(last.get().listener())) {
      boolean settled =
          listener.filter(this::hasListenerTitle).isPresent()
              || unsettled.filter(listener::equals).isPresent();
      unsettled = Optional.of(listener);
      return settled ? Check.CHANGED : Check.UNSETTLED;
    }
    unsettled = Optional.empty();
    return last.get().files().changed() ? Check.CHANGED : Check.UNCHANGED;
  }

  /// Since 8.2 sshd sets this title as its last step of starting. A listener without it counts as
  /// settled when the check before has seen it too.
  private boolean hasListenerTitle(ProcessInstance listener) {
    return listeners.commandLine(listener.pid()).isListenerTitle();
  }

  @Override
  public boolean sample(MappedIn kind, int pid) {
    return switch (kind) {
      case LISTENER -> throw new IllegalArgumentException("a listener is inspected, not sampled");
      case MONITOR -> monitors.take(pid);
      case PREAUTH -> preauthChildren.take(pid);
    };
  }

  @Override
  public Optional<Fingerprint> inspect() throws InterruptedException {
    var files = new FileDependencies();
    // Cleared so that /proc is searched: there may be a listener of lower pid than the known one.
    last = Optional.empty();
    unsettled = Optional.empty();
    var listener = listener();
    var fingerprint = inspect(listener, files);
    last = Optional.of(new LastInspection(listener, files));
    return fingerprint;
  }

  private Optional<Fingerprint> inspect(Optional<ProcessInstance> listener, FileDependencies files)
      throws InterruptedException {
    var named =
        listener
            .map(process -> listeners.commandLine(process.pid()))
            .orElse(new SshdCommandLine(List.of()))
            .files();
    var mappedFiles = listener.map(process -> mappedBy(process, files)).orElseGet(Map::of);
    boolean mapped = !mappedFiles.isEmpty();
    var located = new LinkedHashMap<>(mappedFiles);
    for (var children : List.of(monitors, preauthChildren)) {
      children.locate(listener, mappedFiles.keySet(), files);
      children.addTo(located);
    }
    var all = new ArrayList<>(located.values());
    all.addAll(resolve(listener, all, mapped, files));
    if (all.isEmpty()) {
      return Optional.empty();
    }
    for (var file : all) {
      var _ = contents.of(file);
    }
    contents.retain(all);
    var objects =
        new SshdObjects(
            contents,
            packages.of(
                all.stream()
                    .filter(file -> !file.differsFromPath())
                    .map(LocatedFile::version)
                    .toList(),
                files));
    var monitorProcess = monitors.process();
    var listenerStarted = listener.map(processes::startedAt);
    var monitorStarted = monitorProcess.map(processes::startedAt);
    processes.retain(Stream.concat(listener.stream(), monitorProcess.stream()));
    return Optional.of(
        new Fingerprint(
            Platform.read(proc, SYS, processes.bootedAt()),
            configuration(named.configuration(), files),
            objects.opensslVersion(all),
            listenerStarted,
            monitorStarted,
            mapped,
            objects.describe(all)));
  }

  /// Empty if its memory may not be read.
  private Map<MappedFile, LocatedFile> mappedBy(ProcessInstance listener, FileDependencies files) {
    var process = processes.directory(listener.pid());
    var located = new LinkedHashMap<MappedFile, LocatedFile>();
    ExecutableMappings.of(process)
        .ifPresent(
            memory ->
                memory
                    .mappings()
                    .forEach(
                        mapping ->
                            located.put(
                                mapping.file(),
                                LocatedFile.ofListener(
                                    mapping, memory.executes(mapping), process, files))));
    return located;
  }

  /// The programs that a listener starts, and the listener's own if its memory may not be read;
  /// with their libraries.
  private List<LocatedFile> resolve(
      Optional<ProcessInstance> listener,
      List<LocatedFile> known,
      boolean mapped,
      FileDependencies files)
      throws InterruptedException {
    var found =
        programs(listener).stream()
            .filter(path -> !(mapped && path.endsWith(SshdPrograms.SSHD)))
            .toList();
    var libraryPath = listeners.environment().getOrDefault("LD_LIBRARY_PATH", "");
    var paths = known.stream().map(LocatedFile::path).toList();
    return loader.resolve(found, libraryPath, files, contents::elf).stream()
        .filter(Predicate.not(file -> paths.contains(file.path())))
        .toList();
  }

  private List<Path> programs(Optional<ProcessInstance> listener) throws InterruptedException {
    if (listener.isEmpty()) {
      return SshdPrograms.installed();
    }
    var asked = programs.filter(known -> known.listener().equals(listener.get()));
    if (asked.isEmpty()) {
      var paths = search.of(listeners.find(listener.get().pid()).stream().toList()).paths();
      programs = Optional.of(new KnownPrograms(listener.get(), paths));
      return paths;
    }
    return asked.get().paths();
  }

  private String configuration(Optional<String> named, FileDependencies files)
      throws InterruptedException {
    var file =
        named
            .flatMap(HostFiles::path)
            .or(() -> Optional.of(CONFIGURATION))
            .filter(Path::isAbsolute);
    return file.isEmpty() ? "" : new SshdConfig(CONFIGURATIONS, files, pacing).sha256(file.get());
  }

  /// The listener of the last inspection if it still lives, else the present one.
  private Optional<ProcessInstance> listener() {
    var known = last.flatMap(LastInspection::listener).flatMap(processes::refresh);
    if (known.isPresent()) {
      return known;
    }
    var pid = listeners.pid();
    return pid.isPresent() ? processes.find(pid.getAsInt()) : Optional.empty();
  }
}
