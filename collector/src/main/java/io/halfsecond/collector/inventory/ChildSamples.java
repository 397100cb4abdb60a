package io.halfsecond.collector.inventory;

import io.halfsecond.collector.inventory.elf.DependencyChains.Link;
import io.halfsecond.collector.inventory.host.FileDependencies;
import io.halfsecond.collector.inventory.loader.Loader;
import io.halfsecond.collector.inventory.process.ChildFiles;
import io.halfsecond.collector.inventory.process.ExecutableMappings;
import io.halfsecond.collector.inventory.process.LocatedFile;
import io.halfsecond.collector.inventory.process.MappedIn;
import io.halfsecond.collector.inventory.process.Mapping.MappedFile;
import io.halfsecond.collector.inventory.process.ProcessInstance;
import io.halfsecond.collector.inventory.process.ProcessTable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What the processes of one kind have in memory that the listener starts for its connections.
///
/// Confined to one thread.
final class ChildSamples {
  /// A process whose files are not located yet.
  private record Sample(ProcessInstance process, ExecutableMappings memory) {}

  private final MappedIn kind;
  private final ProcessTable processes;
  private final FileContents contents;
  private Optional<Sample> sample = Optional.empty();
  private Optional<ChildFiles> known = Optional.empty();

  ChildSamples(MappedIn kind, ProcessTable processes, FileContents contents) {
    this.kind = kind;
    this.processes = processes;
    this.contents = contents;
  }

  /// Opens no other files than those of the process in /proc.
  ///
  /// @return whether its files are not the known ones
  boolean take(int pid) {
    var memory = ExecutableMappings.of(processes.directory(pid));
    var process = processes.find(pid);
    if (memory.isEmpty() || process.isEmpty()) {
      return false;
    }
    if (known.filter(files -> files.sameAs(memory.get())).isPresent()) {
      known = known.map(files -> files.of(process.get()));
      return false;
    }
    sample = Optional.of(new Sample(process.get(), memory.get()));
    return true;
  }

  /// Keeps the known files as long as they are valid, and takes those that were sampled since.
  ///
  /// @param ofListener files of the listener
  void locate(
      Optional<ProcessInstance> listener, Set<MappedFile> ofListener, FileDependencies files)
      throws InterruptedException {
    var before = known.filter(valid -> valid.isValidFor(listener));
    var preloaded = Loader.preloaded(files);
    known = before;
    // A process that is older than the listener belongs to an earlier one.
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
        ChildFiles.locate(
            kind,
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
    var kept = ChildFiles.keep(found.get(), links, preloaded, ofListener);
    var leftOut = new HashSet<>(before.map(ChildFiles::leftOut).orElse(Set.of()));
    leftOut.addAll(found.get().keySet());
    leftOut.removeAll(kept.keySet());
    known = Optional.of(new ChildFiles(process, listener, kept, leftOut, dependencies));
  }

  /// Adds the known files to those of other processes.
  void addTo(Map<MappedFile, LocatedFile> located) {
    known.ifPresent(
        files ->
            files
                .kept()
                .forEach(
                    (file, own) ->
                        located.merge(file, own, (others, _) -> others.alsoMappedIn(kind))));
  }

  /// The process that has shown its files last; empty if none did.
  Optional<ProcessInstance> process() {
    return known.map(ChildFiles::process);
  }
}
