package io.halfsecond.collector.inventory;

import io.halfsecond.collector.inventory.Chains.Link;
import io.halfsecond.collector.source.SshdCommandLine;
import io.halfsecond.collector.source.SshdListeners;
import io.halfsecond.collector.source.SshdPrograms;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Looks what this host's sshd is made of.
///
/// **Guarantees** a file is read once, as long as its device, inode, size and time of change stay the same; nothing is
/// written, and sshd itself is not touched. Without the right to see the listener's memory, its libraries are looked up as the
/// loader would, and the fingerprint says so. **Assumes** use by one thread.
public final class Inventory {
  private static final Path SYS = Path.of("/sys");
  private static final Path DPKG = Path.of("/var/lib/dpkg");
  /// Of rpm 4.17 and later, and of earlier ones.
  private static final List<Path> RPM = List.of(Path.of("/var/lib/rpm/rpmdb.sqlite"),
    Path.of("/usr/lib/sysimage/rpm/rpmdb.sqlite"), Path.of("/var/lib/rpm/Packages"));
  private static final String CONFIGURATION = "/etc/ssh/sshd_config";
  private static final String SSHD = "sshd";
  private static final String DELETED = " (deleted)";
  /// USER_HZ is 100 on every architecture that OpenJDK 25 runs on.
  private static final Duration TICK = Duration.ofMillis(10);
  /// In /proc/PID/stat after the name, from the state on: starttime is the 22nd of all fields (proc_pid_stat(5)).
  private static final int START_TIME = 19;

  private record Key(String path, FileIdentity identity) {}

  /// What the owners of files were looked up for.
  private record OwnersOf(List<Key> files, Optional<FileIdentity> database) {}

  private final Path proc;
  private final SshdListeners listeners;
  private final Pace pace;
  private final Instant bootedAt;
  private final Map<Key, Content> contents = new HashMap<>();
  private Optional<OwnersOf> ownersOf = Optional.empty();
  private Map<String, Installed> owners = Map.of();

  /// @param proc where the proc file system is
  /// @param listeners which sshd is meant
  public Inventory(Path proc, SshdListeners listeners, Pace pace) {
    this.proc = proc;
    this.listeners = listeners;
    this.pace = pace;
    this.bootedAt = Platform.read(proc, SYS).bootedAt();
  }

  /// Looks again.
  ///
  /// @return empty if this host has no sshd
  public Optional<Fingerprint> look() throws InterruptedException {
    var pid = listeners.pid();
    var arguments = pid.isPresent() ? listeners.arguments(pid.getAsInt()) : List.<String>of();
    var files = SshdCommandLine.files(arguments);
    var mapped = pid.isPresent() ? mapped(pid.getAsInt()) : List.<Sighting>of();
    var sightings = new ArrayList<>(mapped);
    sightings.addAll(resolved(files.program(), mapped));
    if (sightings.isEmpty()) {
      return Optional.empty();
    }
    for (var sighting : sightings) {
      content(sighting);
    }
    contents.keySet().retainAll(sightings.stream().map(Inventory::key).toList());
    findOwners(sightings);
    var objects = objects(sightings);
    return Optional.of(new Fingerprint(Platform.read(proc, SYS).bootedAt(bootedAt),
      configuration(files.configuration()), openSsl(sightings), startedAt(pid), !mapped.isEmpty(), objects));
  }

  /// What the listener has mapped; empty if its memory is not to be seen.
  private List<Sighting> mapped(int pid) {
    var process = proc.resolve(Integer.toString(pid));
    try {
      var program = Files.readSymbolicLink(process.resolve("exe")).toString();
      var executable = program.endsWith(DELETED)
        ? program.substring(0, program.length() - DELETED.length())
        : program;
      var maps = new String(Files.readAllBytes(process.resolve("maps")), StandardCharsets.UTF_8);
      return Mapping.executable(maps).stream()
        .map(mapping -> Sighting.of(mapping, process, mapping.path().equals(executable))).toList();
    } catch (IOException _) {
      return List.of();
    }
  }

  /// The programs that a listener starts, and where it could not be seen the listener's own.
  private List<Sighting> resolved(Optional<String> program, List<Sighting> mapped)
    throws InterruptedException {
    var installed = new HashMap<String, Path>();
    for (var path : SshdPrograms.installed()) {
      installed.putIfAbsent(String.valueOf(path.getFileName()), path);
    }
    program.map(Path::of).filter(Files::isExecutable).ifPresent(path -> installed.put(SSHD, path));
    if (!mapped.isEmpty()) {
      installed.remove(SSHD);
    }
    if (installed.isEmpty()) {
      return List.of();
    }
    var cache = LoaderCache.parse(Tool.run(List.of("ldconfig", "-p")).orElse(""));
    var libraryPath = Stream.of(listeners.environment().getOrDefault("LD_LIBRARY_PATH", "").split("[:;]", -1))
      .filter(directory -> directory.startsWith("/")).toList();
    var seen = mapped.stream().map(Sighting::path).toList();
    var programs = installed.entrySet().stream().sorted(Map.Entry.comparingByKey()).map(Map.Entry::getValue)
      .toList();
    return Sighting.resolve(programs, cache, libraryPath, this::elf).stream()
      .filter(Predicate.not(sighting -> seen.contains(sighting.path()))).toList();
  }

  /// For the resolver, which reads as it goes; an interrupt is noticed at the next file.
  private ElfObject elf(Sighting sighting) {
    try {
      return content(sighting).elf();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return ElfObject.UNREAD;
    }
  }

  private Content content(Sighting sighting) throws InterruptedException {
    var known = contents.get(key(sighting));
    if (known != null) {
      return known;
    }
    var read = sighting.readable().isPresent()
      ? Content.read(sighting.path(), sighting.readable().get(), pace)
      : Content.UNREAD;
    contents.put(key(sighting), read);
    return read;
  }

  private static Key key(Sighting sighting) {
    return new Key(sighting.path(), sighting.identity());
  }

  /// An upgrade writes files first and its database later: a change of either is reason to ask again.
  private void findOwners(List<Sighting> sightings) throws InterruptedException {
    var database = Stream.concat(Stream.of(DPKG.resolve("status")), RPM.stream())
      .flatMap(file -> HostFiles.identity(file).stream()).findFirst();
    var wanted = sightings.stream().filter(sighting -> !sighting.differsFromPath()).map(Inventory::key)
      .toList();
    var now = Optional.of(new OwnersOf(wanted, database));
    if (!now.equals(ownersOf)) {
      var packages = Files.exists(DPKG.resolve("status")) ? new Dpkg(DPKG) : new Rpm();
      owners = packages.owners(wanted.stream().map(Key::path).toList());
      ownersOf = now;
    }
  }

  private List<SshdObject> objects(List<Sighting> sightings) throws InterruptedException {
    var links = new ArrayList<Link>();
    for (var sighting : sightings) {
      links.add(new Link(sighting.path(), content(sighting).elf()));
    }
    var chains = Chains.of(sightings.stream().filter(Sighting::executable).map(Sighting::path).toList(),
      links);
    var objects = new ArrayList<SshdObject>();
    for (var sighting : sightings) {
      var content = content(sighting);
      objects.add(new SshdObject(sighting.path(), sighting.identity(), content.sha256(), content.elf(),
        sighting.differsFromPath() ? Installed.NONE : owners.getOrDefault(sighting.path(), Installed.NONE),
        chains.getOrDefault(sighting.path(), List.of()), sighting.executable(), sighting.mapped(),
        sighting.differsFromPath()));
    }
    objects.sort(Comparator.comparing((SshdObject object) -> !object.executable())
      .thenComparing(SshdObject::path));
    return objects;
  }

  private String openSsl(List<Sighting> sightings) throws InterruptedException {
    for (var sighting : sightings) {
      var version = content(sighting).opensslVersion();
      if (!version.isEmpty()) {
        return version;
      }
    }
    return "";
  }

  private String configuration(Optional<String> named) throws InterruptedException {
    var file = HostFiles.path(named.orElse(CONFIGURATION)).filter(Path::isAbsolute)
      .filter(path -> HostFiles.identity(path).isPresent());
    if (file.isEmpty()) {
      return "";
    }
    try (var channel = FileChannel.open(file.get())) {
      return Content.sha256(new Content.OpenFile(channel), pace);
    } catch (IOException _) {
      return "";
    }
  }

  private Optional<Instant> startedAt(OptionalInt pid) {
    if (pid.isEmpty()) {
      return Optional.empty();
    }
    try {
      var stat = Files.readString(proc.resolve(pid.getAsInt() + "/stat"), StandardCharsets.ISO_8859_1);
      var fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
      return fields.length > START_TIME
        ? Optional.of(bootedAt.plus(TICK.multipliedBy(Long.parseLong(fields[START_TIME]))))
        : Optional.empty();
    } catch (IOException | NumberFormatException _) {
      return Optional.empty();
    }
  }
}
