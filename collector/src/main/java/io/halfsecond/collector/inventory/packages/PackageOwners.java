package io.halfsecond.collector.inventory.packages;

import io.halfsecond.collector.inventory.host.FileDependencies;
import io.halfsecond.collector.inventory.host.FileVersion;
import io.halfsecond.collector.inventory.host.ReadPacing;
import io.halfsecond.collector.inventory.host.Stat;
import io.halfsecond.collector.linux.HostCommand;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The packages that files belong to. The package manager is asked again only when a file or the
/// package database has changed: an upgrade writes files first and the database last.
public final class PackageOwners {
  private static final Path DPKG = Path.of("/var/lib/dpkg");
  private static final Path DPKG_STATUS = DPKG.resolve("status");
  private static final List<Path> DPKG_LOGS =
      List.of(Path.of("/var/log/dpkg.log"), Path.of("/var/log/dpkg.log.1"));

  /// Of rpm 4.17 and later, and of earlier versions.
  private static final List<Path> RPM =
      List.of(
          Path.of("/var/lib/rpm/rpmdb.sqlite"),
          Path.of("/usr/lib/sysimage/rpm/rpmdb.sqlite"),
          Path.of("/var/lib/rpm/Packages"));

  private record Query(List<FileVersion> files, Optional<Stat> database) {}

  private final HostCommand command;
  private final ReadPacing pacing;
  private Optional<Query> last = Optional.empty();
  private Map<String, InstalledPackage> owners = Map.of();

  public PackageOwners(HostCommand command, ReadPacing pacing) {
    this.command = command;
    this.pacing = pacing;
  }

  /// @param dependencies records the package databases
  /// @return by path; files without a package are left out
  public Map<String, InstalledPackage> of(List<FileVersion> files, FileDependencies dependencies)
      throws InterruptedException {
    var database =
        Stream.concat(Stream.of(DPKG_STATUS), RPM.stream())
            .flatMap(file -> dependencies.stat(file).stream())
            .findFirst();
    var query = Optional.of(new Query(files, database));
    if (!query.equals(last)) {
      var manager =
          dependencies.stat(DPKG_STATUS).isPresent()
              ? new Dpkg(DPKG, new DpkgLog(DPKG_LOGS, ZoneId.systemDefault(), pacing))
              : new Rpm(command);
      owners = manager.owners(files.stream().map(FileVersion::path).toList());
      last = query;
    }
    return owners;
  }
}
