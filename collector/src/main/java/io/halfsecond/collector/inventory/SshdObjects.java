package io.halfsecond.collector.inventory;

import io.halfsecond.collector.inventory.elf.DependencyChains;
import io.halfsecond.collector.inventory.elf.DependencyChains.Link;
import io.halfsecond.collector.inventory.packages.InstalledPackage;
import io.halfsecond.collector.inventory.process.LocatedFile;
import io.halfsecond.collector.inventory.process.MappedIn;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/// Describes located files by their content, package and dependencies.
record SshdObjects(FileContents contents, Map<String, InstalledPackage> owners) {
  /// Programs first, then libraries by path. Dependencies are followed within each process: two
  /// processes may have two versions of one path, which need different libraries.
  List<SshdObject> describe(List<LocatedFile> files) throws InterruptedException {
    var ofProcess = new EnumMap<MappedIn, Map<String, List<String>>>(MappedIn.class);
    for (var process : MappedIn.values()) {
      ofProcess.put(process, chains(files, file -> file.mappedIn().contains(process)));
    }
    var ofAll = chains(files, _ -> true);
    var objects = new ArrayList<SshdObject>();
    for (var file : files) {
      var content = contents.of(file);
      var chains =
          file.mappedIn().isEmpty()
              ? ofAll
              : ofProcess.getOrDefault(file.mappedIn().getFirst(), ofAll);
      objects.add(
          new SshdObject(
              file.path(),
              file.identity(),
              content.sha256(),
              content.elf(),
              file.differsFromPath()
                  ? InstalledPackage.NONE
                  : owners.getOrDefault(file.path(), InstalledPackage.NONE),
              chains.getOrDefault(file.path(), List.of()),
              file.executable(),
              file.mappedIn(),
              file.atPath()));
    }
    objects.sort(
        Comparator.comparing((SshdObject object) -> !object.executable())
            .thenComparing(SshdObject::path)
            .thenComparing(object -> object.identity().device())
            .thenComparingLong(object -> object.identity().inode()));
    return objects;
  }

  /// As libcrypto names itself; empty if no file does.
  String opensslVersion(List<LocatedFile> files) throws InterruptedException {
    for (var file : files) {
      var version = contents.of(file).opensslVersion();
      if (!version.isEmpty()) {
        return version;
      }
    }
    return "";
  }

  private Map<String, List<String>> chains(List<LocatedFile> files, Predicate<LocatedFile> among)
      throws InterruptedException {
    var links = new ArrayList<Link>();
    var roots = new ArrayList<String>();
    for (var file : files) {
      if (among.test(file)) {
        links.add(new Link(file.path(), contents.of(file).elf()));
        if (file.executable()) {
          roots.add(file.path());
        }
      }
    }
    return DependencyChains.of(roots, links);
  }
}
