package io.halfsecond.collector.inventory;

import io.halfsecond.collector.inventory.elf.DependencyChains.Link;
import io.halfsecond.collector.inventory.host.FileDependencies;
import io.halfsecond.collector.inventory.host.HostCommand;
import io.halfsecond.collector.inventory.host.HostFiles;
import io.halfsecond.collector.inventory.host.ReadPacing;
import io.halfsecond.collector.inventory.loader.Loader;
import io.halfsecond.collector.inventory.packages.PackageOwners;
import io.halfsecond.collector.inventory.process.ExecutableMappings;
import io.halfsecond.collector.inventory.process.LocatedFile;
import io.halfsecond.collector.inventory.process.MappedIn;
import io.halfsecond.collector.inventory.process.Mapping.MappedFile;
import io.halfsecond.collector.inventory.process.MonitorFiles;
import io.halfsecond.collector.inventory.process.ProcessInstance;
import io.halfsecond.collector.inventory.process.ProcessTable;
import io.halfsecond.collector.sshd.SshdCommandLine;
import io.halfsecond.collector.sshd.SshdListeners;
import io.halfsecond.collector.sshd.SshdPrograms;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
  private static final Path CONFIGURATIONS = Path.of("/etc/ssh");
  private static final Path CONFIGURATION = CONFIGURATIONS.resolve("sshd_config");

  /// What the last full inspection depended on.
  private record LastInspection(Optional<ProcessInstance> listener, FileDependencies files) {}

  /// A monitor whose files are not located yet.
  private record MonitorSample(ProcessInstance process, ExecutableMappings memory) {}

  private final Path proc;
  private final SshdListeners listeners;
  private final ReadPacing pacing;
  private final ProcessTable processes;
  private final FileContents contents;
  private final PackageOwners packages;
  private final Loader loader;
  private Optional<LastInspection> last = Optional.empty();

  /// The listener of the last check, if that found another listener than the last inspection.
  private Optional<Optional<ProcessInstance>> unsettled = Optional.empty();

  private Optional<MonitorSample> sample = Optional.empty();
  private Optional<MonitorFiles> monitor = Optional.empty();

  /// For a process that does nothing else meanwhile.
  ///
  /// @param proc where the proc file system is mounted
  /// @param listeners finds the sshd to inspect
  public Inventory(Path proc, SshdListeners listeners, ReadPacing pacing) {
    this(proc, listeners, pacing, new ReentrantLock());
  }

  /// @param proc where the proc file system is mounted
  /// @param listeners finds the sshd to inspect
  /// @param exclusive held while a program of the host runs: ldconfig or rpm
  public Inventory(Path proc, SshdListeners listeners, ReadPacing pacing, Lock exclusive) {
    this.proc = proc;
    this.listeners = listeners;
    this.pacing = pacing;
    this.processes = new ProcessTable(proc);
    this.contents = new FileContents(pacing);
    var command = new HostCommand(exclusive);
    this.packages = new PackageOwners(command, pacing);
    this.loader = new Loader(command);
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

  /// Opens no other files than those of the process in /proc.
  @Override
  public boolean sampleMonitor(int pid) {
    var memory = ExecutableMappings.of(processes.directory(pid));
    var process = processes.find(pid);
    if (memory.isEmpty() || process.isEmpty()) {
      return false;
    }
    if (monitor.filter(known -> known.sameAs(memory.get())).isPresent()) {
      monitor = monitor.map(known -> known.of(process.get()));
      return false;
    }
    sample = Optional.of(new MonitorSample(process.get(), memory.get()));
    return true;
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
    findMonitor(listener, mappedFiles.keySet(), files);
    var located = new LinkedHashMap<>(mappedFiles);
    monitor.ifPresent(
        known ->
            known
                .kept()
                .forEach(
                    (file, ofMonitor) ->
                        located.merge(
                            file,
                            ofMonitor,
                            (ofListener, _) ->
                                ofListener.mappedIn(MappedIn.LISTENER, MappedIn.MONITOR))));
    var all = new ArrayList<>(located.values());
    all.addAll(resolve(named.program(), all, mapped, files));
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
    var monitorProcess = monitor.map(MonitorFiles::process);
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

  /// Keeps the known monitor as long as it is valid, and takes the one that was sampled since.
  private void findMonitor(
      Optional<ProcessInstance> listener, Set<MappedFile> ofListener, FileDependencies files)
      throws InterruptedException {
    var before = monitor.filter(known -> known.isValidFor(listener));
    var preloaded = Loader.preloaded(files);
    monitor = before;
    // A monitor that is older than the listener belongs to an earlier one.
    var sampled =
        sample.filter(
            taken ->
                listener
                    .filter(
                        process ->
                            process.startedAfterBoot().compareTo(taken.process().startedAfterBoot())
                                > 0)
                    .isEmpty());
    sample = Optional.empty();
    if (sampled.isEmpty()) {
      return;
    }
    var process = sampled.get().process();
    var dependencies = new FileDependencies();
    var found =
        MonitorFiles.locate(
            sampled.get().memory(),
            processes.directory(process.pid()),
            listener.map(each -> processes.directory(each.pid())),
            dependencies);
    if (found.isEmpty()) {
      return;
    }
    var links = new ArrayList<Link>();
    for (var file : found.get().values()) {
      links.add(new Link(file.path(), contents.of(file).elf()));
    }
    var kept = MonitorFiles.keep(found.get(), links, preloaded, ofListener);
    var leftOut = new HashSet<>(before.map(MonitorFiles::leftOut).orElse(Set.of()));
    leftOut.addAll(found.get().keySet());
    leftOut.removeAll(kept.keySet());
    monitor = Optional.of(new MonitorFiles(process, listener, kept, leftOut, dependencies));
  }

  /// The programs that a listener starts, and the listener's own if its memory may not be read;
  /// with their libraries.
  private List<LocatedFile> resolve(
      Optional<String> program, List<LocatedFile> known, boolean mapped, FileDependencies files)
      throws InterruptedException {
    var installed = new HashMap<String, Path>();
    for (var path : SshdPrograms.installed()) {
      installed.putIfAbsent(String.valueOf(path.getFileName()), path);
    }
    program
        .map(Path::of)
        .filter(Files::isExecutable)
        .ifPresent(path -> installed.put(SshdPrograms.SSHD, path));
    if (mapped) {
      installed.remove(SshdPrograms.SSHD);
    }
    var programs =
        installed.entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(Map.Entry::getValue)
            .toList();
    var libraryPath = listeners.environment().getOrDefault("LD_LIBRARY_PATH", "");
    var paths = known.stream().map(LocatedFile::path).toList();
    return loader.resolve(programs, libraryPath, files, contents::elf).stream()
        .filter(Predicate.not(file -> paths.contains(file.path())))
        .toList();
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
