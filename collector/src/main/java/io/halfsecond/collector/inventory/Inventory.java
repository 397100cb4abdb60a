package io.halfsecond.collector.inventory;

import io.halfsecond.collector.inventory.Chains.Link;
import io.halfsecond.collector.inventory.Mapping.Mapped;
import io.halfsecond.collector.linux.BootClock;
import io.halfsecond.collector.sshd.SshdCommandLine;
import io.halfsecond.collector.sshd.SshdListeners;
import io.halfsecond.collector.sshd.SshdPrograms;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
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

/// Looks what this host's sshd is made of.
///
/// **Guarantees** a file is read once, as long as its device, inode, size and times stay the same;
/// nothing is written, and sshd itself is not touched. Without the right to see the listener's
/// memory, its libraries are looked up as the loader would, and the fingerprint says so.
/// **Assumes** use by one thread.
public final class Inventory implements Looks {
  private static final Path SYS = Path.of("/sys");
  private static final Path DPKG = Path.of("/var/lib/dpkg");
  private static final Path DPKG_STATUS = DPKG.resolve("status");
  private static final List<Path> DPKG_LOGS =
      List.of(Path.of("/var/log/dpkg.log"), Path.of("/var/log/dpkg.log.1"));

  /// Of rpm 4.17 and later, and of earlier ones.
  private static final List<Path> RPM =
      List.of(
          Path.of("/var/lib/rpm/rpmdb.sqlite"),
          Path.of("/usr/lib/sysimage/rpm/rpmdb.sqlite"),
          Path.of("/var/lib/rpm/Packages"));

  private static final Path CONFIGURATIONS = Path.of("/etc/ssh");
  private static final Path CONFIGURATION = CONFIGURATIONS.resolve("sshd_config");
  private static final Path LOADER_CACHE = Path.of("/etc/ld.so.cache");
  private static final Path PRELOAD = Path.of("/etc/ld.so.preload");

  private record Key(String path, Stat stat) {}

  /// What the owners of files were looked up for.
  private record OwnersOf(List<Key> files, Optional<Stat> database) {}

  /// What the last full look depended on.
  private record Looked(Optional<Incarnation> listener, Watched files) {}

  /// A monitor whose files are not found yet.
  private record Sample(Incarnation process, Memory memory) {}

  private record Started(int pid, Duration afterBoot) {}

  private record CacheOf(Optional<Stat> file, LoaderCache cache) {}

  private final Path proc;
  private final SshdListeners listeners;
  private final Pace pace;
  private final InstantSource wall;
  private final Tool tool;
  private final Instant bootedAt;
  private final Map<Started, Instant> startedAt = new HashMap<>();
  private final Map<Key, Content> contents = new HashMap<>();
  private Optional<OwnersOf> ownersOf = Optional.empty();
  private Map<String, Installed> owners = Map.of();
  private Optional<CacheOf> loaderCache = Optional.empty();
  private Optional<Looked> looked = Optional.empty();

  /// The listener of a check that found another one than the last look; of no other check.
  private Optional<Optional<Incarnation>> unsettled = Optional.empty();

  private Optional<Sample> sample = Optional.empty();
  private Optional<MonitorMemory> monitor = Optional.empty();

  /// For looks beside which nothing else is done.
  ///
  /// @param proc where the proc file system is
  /// @param listeners which sshd is meant
  public Inventory(Path proc, SshdListeners listeners, Pace pace) {
    this(proc, listeners, pace, new ReentrantLock());
  }

  /// @param proc where the proc file system is
  /// @param listeners which sshd is meant
  /// @param alone held while a program of the host runs: ldconfig, or rpm
  public Inventory(Path proc, SshdListeners listeners, Pace pace, Lock alone) {
    this.proc = proc;
    this.listeners = listeners;
    this.pace = pace;
    this.wall = InstantSource.system();
    this.tool = new Tool(alone);
    this.bootedAt = bootedNow();
  }

  /// stat(2) of some 30 files, of 60 if memory is not to be seen. /proc is not searched as long as
  /// the listener lives.
  @Override
  public Check check() {
    var listener = listener();
    if (looked.isEmpty() || !listener.equals(looked.get().listener())) {
      boolean settled =
          listener.filter(this::saysThatItListens).isPresent()
              || unsettled.filter(listener::equals).isPresent();
      unsettled = Optional.of(listener);
      return settled ? Check.MOVED : Check.UNSETTLED;
    }
    unsettled = Optional.empty();
    return looked.get().files().moved() ? Check.MOVED : Check.SAME;
  }

  /// By its title, which sshd gives itself last of all since 8.2. One without a title has settled
  /// when it was there at the check before.
  private boolean saysThatItListens(Incarnation listener) {
    return listeners.commandLine(listener.pid()).isListenerTitle();
  }

  /// Opens no other file than those of the process in /proc.
  @Override
  public boolean sample(int pid) {
    var memory = Memory.of(process(pid));
    var process = incarnation(pid);
    if (memory.isEmpty() || process.isEmpty()) {
      return false;
    }
    if (monitor.filter(known -> known.sameAs(memory.get())).isPresent()) {
      monitor = monitor.map(known -> known.of(process.get()));
      return false;
    }
    sample = Optional.of(new Sample(process.get(), memory.get()));
    return true;
  }

  @Override
  public Optional<Fingerprint> look() throws InterruptedException {
    var files = new Watched();
    // A listener of lower pid than the known one counts, too.
    looked = Optional.empty();
    unsettled = Optional.empty();
    var listener = listener();
    var fingerprint = look(listener, files);
    looked = Optional.of(new Looked(listener, files));
    return fingerprint;
  }

  private Optional<Fingerprint> look(Optional<Incarnation> listener, Watched files)
      throws InterruptedException {
    var named =
        listener
            .map(process -> listeners.commandLine(process.pid()))
            .orElse(new SshdCommandLine(List.of()))
            .files();

    var sightings = new LinkedHashMap<Mapped, Sighting>();
    listener
        .map(process -> process(process.pid()))
        .ifPresent(
            process ->
                Memory.of(process)
                    .ifPresent(
                        memory ->
                            memory
                                .mappings()
                                .forEach(
                                    mapping ->
                                        sightings.put(
                                            mapping.file(),
                                            Sighting.ofListener(
                                                mapping,
                                                memory.executes(mapping),
                                                process,
                                                files)))));
    boolean mapped = !sightings.isEmpty();
    findMonitor(listener, sightings, files);
    monitor.ifPresent(
        known ->
            known
                .kept()
                .forEach(
                    (file, sighting) ->
                        sightings.merge(
                            file,
                            sighting,
                            (ofListener, _) ->
                                ofListener.seenIn(SeenIn.LISTENER, SeenIn.MONITOR))));
    var all = new ArrayList<>(sightings.values());
    all.addAll(resolved(named.program(), all, mapped, files));
    if (all.isEmpty()) {
      return Optional.empty();
    }
    for (var sighting : all) {
      content(sighting);
    }
    contents.keySet().retainAll(all.stream().map(Inventory::key).toList());
    findOwners(all, files);
    var started = listener.map(this::startedAt);
    var monitorStarted = monitor.map(MonitorMemory::process).map(this::startedAt);
    startedAt
        .keySet()
        .retainAll(
            Stream.concat(listener.stream(), monitor.map(MonitorMemory::process).stream())
                .map(Inventory::started)
                .toList());
    return Optional.of(
        new Fingerprint(
            Platform.read(proc, SYS, bootedAt),
            configuration(named.configuration(), files),
            openSsl(all),
            started,
            monitorStarted,
            mapped,
            objects(all)));
  }

  /// Keeps the monitor that is known as long as it holds, and takes the one that was sampled since.
  private void findMonitor(
      Optional<Incarnation> listener, Map<Mapped, Sighting> ofListener, Watched files)
      throws InterruptedException {
    var before = monitor.filter(known -> known.holdsFor(listener));
    var preload = files.stat(PRELOAD).isPresent() ? words(PRELOAD) : List.<String>of();
    monitor = before;
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
    var depends = new Watched();
    var found =
        MonitorMemory.find(
            sampled.get().memory(),
            process(sampled.get().process().pid()),
            listener.map(process -> process(process.pid())),
            depends);
    if (found.isEmpty()) {
      return;
    }
    var links = new ArrayList<Link>();
    for (var sighting : found.get().values()) {
      links.add(new Link(sighting.path(), content(sighting).elf()));
    }
    var kept = MonitorMemory.keep(found.get(), links, preload, ofListener.keySet());
    var leftOut = new HashSet<>(before.map(MonitorMemory::leftOut).orElse(Set.of()));
    leftOut.addAll(found.get().keySet());
    leftOut.removeAll(kept.keySet());
    monitor =
        Optional.of(new MonitorMemory(sampled.get().process(), listener, kept, leftOut, depends));
  }

  /// A list separated by blanks or colons, with comments (ld.so(8)).
  private static List<String> words(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1)
          .lines()
          .flatMap(line -> Stream.of(line.replaceAll("#.*", "").split("[\\s:]+", -1)))
          .filter(word -> !word.isEmpty())
          .flatMap(word -> Stream.concat(Stream.of(word), real(word)))
          .toList();
    } catch (IOException | UncheckedIOException _) {
      return List.of();
    }
  }

  private static Stream<String> real(String path) {
    try {
      return path.startsWith("/") ? Stream.of(Path.of(path).toRealPath().toString()) : Stream.of();
    } catch (IOException | IllegalArgumentException _) {
      return Stream.of();
    }
  }

  /// The programs that a listener starts, and where it could not be seen the listener's own.
  private List<Sighting> resolved(
      Optional<String> program, List<Sighting> seen, boolean mapped, Watched files)
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
    var cacheFile = files.stat(LOADER_CACHE);
    if (installed.isEmpty()) {
      return List.of();
    }
    if (loaderCache.filter(cache -> cache.file().equals(cacheFile)).isEmpty()) {
      loaderCache =
          Optional.of(
              new CacheOf(
                  cacheFile, LoaderCache.parse(tool.run(List.of("ldconfig", "-p")).orElse(""))));
    }
    var libraryPath =
        Stream.of(listeners.environment().getOrDefault("LD_LIBRARY_PATH", "").split("[:;]", -1))
            .filter(directory -> directory.startsWith("/"))
            .toList();
    var paths = seen.stream().map(Sighting::path).toList();
    var programs =
        installed.entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(Map.Entry::getValue)
            .toList();
    return new Resolver(loaderCache.get().cache(), libraryPath, files, this::elf)
        .resolve(programs).stream()
            .filter(Predicate.not(sighting -> paths.contains(sighting.path())))
            .toList();
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
    var read =
        sighting.readable().isPresent()
            ? Content.read(sighting.path(), sighting.readable().get(), pace)
            : Content.UNREAD;
    contents.put(key(sighting), read);
    return read;
  }

  private static Key key(Sighting sighting) {
    return new Key(sighting.path(), sighting.stat());
  }

  /// An upgrade writes files first and its database last: a change of either is reason to ask
  /// again.
  private void findOwners(List<Sighting> sightings, Watched files) throws InterruptedException {
    var database =
        Stream.concat(Stream.of(DPKG_STATUS), RPM.stream())
            .flatMap(file -> files.stat(file).stream())
            .findFirst();
    var wanted =
        sightings.stream()
            .filter(sighting -> !sighting.differsFromPath())
            .map(Inventory::key)
            .toList();
    var now = Optional.of(new OwnersOf(wanted, database));
    if (!now.equals(ownersOf)) {
      var packages =
          files.stat(DPKG_STATUS).isPresent()
              ? new Dpkg(DPKG, new DpkgLog(DPKG_LOGS, ZoneId.systemDefault(), pace))
              : new Rpm(tool);
      owners = packages.owners(wanted.stream().map(Key::path).toList());
      ownersOf = now;
    }
  }

  /// Who needs whom is asked of each process by itself: of one path two may have two states, that
  /// need others.
  private List<SshdObject> objects(List<Sighting> sightings) throws InterruptedException {
    var ofListener = chains(sightings, sighting -> sighting.seenIn().contains(SeenIn.LISTENER));
    var ofMonitor = chains(sightings, sighting -> sighting.seenIn().contains(SeenIn.MONITOR));
    var ofAll = chains(sightings, _ -> true);
    var objects = new ArrayList<SshdObject>();
    for (var sighting : sightings) {
      var content = content(sighting);
      var chains =
          sighting.seenIn().isEmpty()
              ? ofAll
              : sighting.seenIn().contains(SeenIn.LISTENER) ? ofListener : ofMonitor;
      objects.add(
          new SshdObject(
              sighting.path(),
              sighting.identity(),
              content.sha256(),
              content.elf(),
              sighting.differsFromPath()
                  ? Installed.NONE
                  : owners.getOrDefault(sighting.path(), Installed.NONE),
              chains.getOrDefault(sighting.path(), List.of()),
              sighting.executable(),
              sighting.seenIn(),
              sighting.differsFromPath()));
    }
    objects.sort(
        Comparator.comparing((SshdObject object) -> !object.executable())
            .thenComparing(SshdObject::path)
            .thenComparing(object -> object.identity().device())
            .thenComparingLong(object -> object.identity().inode()));
    return objects;
  }

  private Map<String, List<String>> chains(List<Sighting> sightings, Predicate<Sighting> among)
      throws InterruptedException {
    var links = new ArrayList<Link>();
    var roots = new ArrayList<String>();
    for (var sighting : sightings) {
      if (among.test(sighting)) {
        links.add(new Link(sighting.path(), content(sighting).elf()));
        if (sighting.executable()) {
          roots.add(sighting.path());
        }
      }
    }
    return Chains.of(roots, links);
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

  private String configuration(Optional<String> named, Watched files) throws InterruptedException {
    var file =
        named
            .flatMap(HostFiles::path)
            .or(() -> Optional.of(CONFIGURATION))
            .filter(Path::isAbsolute);
    return file.isEmpty() ? "" : new SshdConfig(CONFIGURATIONS, files, pace).sha256(file.get());
  }

  /// The listener of the last look if it still lives, else the one that there is now.
  private Optional<Incarnation> listener() {
    var known = looked.flatMap(Looked::listener);
    var now = known.flatMap(process -> incarnation(process.pid()));
    if (now.isPresent() && now.map(Inventory::started).equals(known.map(Inventory::started))) {
      return now;
    }
    var pid = listeners.pid();
    return pid.isPresent() ? incarnation(pid.getAsInt()) : Optional.empty();
  }

  private Optional<Incarnation> incarnation(int pid) {
    try {
      return Incarnation.parse(
          pid, Files.readString(process(pid).resolve("stat"), StandardCharsets.ISO_8859_1));
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  private Path process(int pid) {
    return proc.resolve(Integer.toString(pid));
  }

  private static Started started(Incarnation process) {
    return new Started(process.pid(), process.startedAfterBoot());
  }

  /// By the clock of when the process was first looked at: when the clock is set, nothing has
  /// started anew.
  private Instant startedAt(Incarnation process) {
    return startedAt.computeIfAbsent(
        started(process), started -> bootedNow().plus(started.afterBoot()));
  }

  private Instant bootedNow() {
    try {
      return BootClock.bootedAt(wall);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
