package io.halfsecond.collector.tamper;

import io.halfsecond.collector.event.KernelEvent.Program;
import io.halfsecond.collector.event.KernelEvent.RanProgram;
import io.halfsecond.collector.inventory.host.FileIdentity;
import io.halfsecond.collector.inventory.host.HostFiles;
import io.halfsecond.collector.inventory.host.Stat;
import io.halfsecond.schemas.auth.OwnFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The programs that run before authentication on this host with good reason: those that sshd's or
/// PAM's configuration names, those of operating systems and clouds, and those that ran in the
/// collector's first week. A shell or an interpreter is never learnt.
///
/// A program is what the kernel says that it is, a path with device and inode, and not the name
/// that it goes by.
///
/// Not safe for use by several threads.
public final class KnownPrograms {
  private static final Logger LOG = LoggerFactory.getLogger(KnownPrograms.class);

  /// As long as the quarantine of baselines.
  static final Duration LEARNING = Duration.ofDays(7);

  static final String FILE = "early-programs";

  private static final String DELETED = " (deleted)";
  private static final int MOST_LEARNT = 256;
  private static final Duration READ_FOR = Duration.ofMinutes(1);

  /// By name, in directories that only root writes.
  private static final Set<String> VENDORS =
      Set.of(
          "unix_chkpwd",
          "google_authorized_keys",
          "google_authorized_keys_sk",
          "google_authorized_principals",
          "aad_certhandler",
          "eic_run_authorized_keys",
          "sss_ssh_authorizedkeys",
          "sss_ssh_knownhostsproxy",
          "fipscheck");

  private static final List<Path> VENDORS_IN =
      List.of(
          Path.of("/usr/bin"),
          Path.of("/usr/sbin"),
          Path.of("/bin"),
          Path.of("/sbin"),
          Path.of("/usr/lib"),
          Path.of("/usr/lib64"),
          Path.of("/usr/libexec"),
          Path.of("/usr/share"),
          Path.of("/opt"));

  /// Where programs usually are.
  private static final List<Path> USUAL =
      List.of(
          Path.of("/usr/bin"),
          Path.of("/usr/sbin"),
          Path.of("/usr/local/bin"),
          Path.of("/usr/local/sbin"),
          Path.of("/bin"),
          Path.of("/sbin"));

  private static final Set<String> INTERPRETERS =
      Set.of(
          "sh", "bash", "dash", "ash", "zsh", "ksh", "mksh", "csh", "tcsh", "fish", "busybox",
          "env", "perl", "python", "ruby", "lua", "php", "node", "socat", "nc", "ncat", "curl",
          "wget");

  private final Path file;
  private final List<Path> usual;
  private final Supplier<Set<String>> declarations;
  private final Set<String> learnt = new LinkedHashSet<>();
  private Set<String> declared = Set.of();
  private Instant readAt = Instant.MIN;

  /// The shells and interpreters of the host.
  private Map<Path, FileIdentity> shells = Map.of();

  private Instant since;

  /// @param directory the collector's, for what is learnt
  /// @param declarations gives the programs that configurations name
  /// @param now by the wall clock
  public KnownPrograms(Path directory, Supplier<Set<String>> declarations, Instant now) {
    this(directory, declarations, now, USUAL);
  }

  /// @param usual directories that programs are usually in
  KnownPrograms(Path directory, Supplier<Set<String>> declarations, Instant now, List<Path> usual) {
    this.usual = List.copyOf(usual);
    this.file = directory.resolve(FILE);
    this.declarations = declarations;
    this.since = now;
    read();
  }

  /// Learns it if it is new, and the first week.
  boolean isKnown(Program program, Instant now) {
    readHost(now);
    boolean lost = program.path().endsWith(DELETED);
    var path =
        lost
            ? program.path().substring(0, program.path().length() - DELETED.length())
            : program.path();
    // An upgrade may have replaced it a moment ago.
    if (!lost && !isAtItsPath(path, program)) {
      return false;
    }
    if (isShellByAnotherName(path, program)) {
      return false;
    }
    if (declared.contains(path)
        || program.script().filter(declared::contains).isPresent()
        || isVendors(path)
        || program.script().filter(KnownPrograms::isVendors).isPresent()
        || learnt.contains(path)) {
      return true;
    }
    return !lost && learn(path, now);
  }

  /// The program at a usual path that the kernel's account means.
  Optional<Program> find(RanProgram ran, Instant now) {
    readHost(now);
    // Of a script, the account has the name of the script and the file of its interpreter.
    var script = declared.stream().filter(path -> nameOf(path).startsWith(ran.name())).findFirst();
    return Stream.of(
            declared.stream(), learnt.stream(), paths(Set.of(ran.name())), paths(INTERPRETERS))
        .flatMap(paths -> paths)
        .flatMap(path -> HostFiles.path(path).stream())
        .flatMap(path -> at(path, ran, script).stream())
        .findFirst();
  }

  private static Optional<Program> at(Path path, RanProgram ran, Optional<String> script) {
    try {
      var file = Files.readAttributes(path, "unix:dev,ino");
      return file.get("dev") instanceof Number device
              && file.get("ino") instanceof Number inode
              && inode.longValue() == ran.inode()
              && (device.longValue() == ran.device()
                  || nameOf(path.toString()).startsWith(ran.name()))
          ? Optional.of(
              new Program(
                  path.toRealPath().toString(),
                  device.longValue(),
                  inode.longValue(),
                  ran.realUid(),
                  script))
          : Optional.empty();
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  private Stream<String> paths(Set<String> names) {
    return usual.stream().flatMap(directory -> names.stream().map(name -> directory + "/" + name));
  }

  /// What the host declares, and its shells: neither is looked for at each program.
  private void readHost(Instant now) {
    if (now.isAfter(readAt.plus(READ_FOR)) || now.isBefore(readAt)) {
      declared = declarations.get();
      shells = new HashMap<>();
      paths(INTERPRETERS)
          .flatMap(path -> HostFiles.path(path).stream())
          .forEach(path -> HostFiles.identity(path).ifPresent(found -> shells.put(path, found)));
      readAt = now;
    }
  }

  /// A hard link or a copy of a shell can have a name that a configuration has, or be learnt.
  private boolean isShellByAnotherName(String path, Program program) {
    if (isInterpreter(path)) {
      return false;
    }
    var own = HostFiles.path(path).flatMap(HostFiles::identity);
    return shells.entrySet().stream()
        .anyMatch(
            shell ->
                isFile(shell.getValue(), program)
                    || own.filter(found -> found.size() == shell.getValue().size())
                        .filter(_ -> isSameContent(shell.getKey(), Path.of(path)))
                        .isPresent());
  }

  private static boolean isSameContent(Path shell, Path other) {
    try {
      return Files.mismatch(shell, other) < 0;
    } catch (IOException _) {
      return false;
    }
  }

  private static boolean isFile(FileIdentity found, Program program) {
    return found.inode() == program.inode()
        && found.device().equals(FileIdentity.device(program.device()));
  }

  /// Where not everybody can put a program.
  private boolean isOfTheSystem(String path) {
    var at = HostFiles.path(path).map(Path::normalize);
    return at.isPresent()
        && Stream.concat(VENDORS_IN.stream(), usual.stream()).anyMatch(at.get()::startsWith);
  }

  private static boolean isInterpreter(String path) {
    return INTERPRETERS.contains(nameOf(path).replaceAll("[0-9.-]+$", ""));
  }

  private static String nameOf(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private static boolean isAtItsPath(String path, Program program) {
    return HostFiles.path(path)
        .flatMap(HostFiles::stat)
        .map(Stat::identity)
        .filter(found -> isFile(found, program))
        .isPresent();
  }

  private static boolean isVendors(String path) {
    var at = HostFiles.path(path).map(Path::normalize);
    return at.isPresent()
        && VENDORS.contains(String.valueOf(at.get().getFileName()))
        && VENDORS_IN.stream().anyMatch(at.get()::startsWith);
  }

  private boolean learn(String path, Instant now) {
    if (!now.isBefore(since.plus(LEARNING))
        || isInterpreter(path)
        || !isOfTheSystem(path)
        || learnt.size() >= MOST_LEARNT
        || path.chars().anyMatch(Character::isISOControl)) {
      return false;
    }
    learnt.add(path);
    LOG.info(
        "{} runs before authentication; learnt, as in the first week any program of the system but"
            + " a shell",
        path);
    write();
    return true;
  }

  private void read() {
    try {
      var lines =
          OwnFile.read(file)
              .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
              .orElseThrow(() -> new NoSuchFileException(file.toString()))
              .lines()
              .toList();
      since = Instant.parse(lines.getFirst());
      learnt.addAll(lines.subList(1, Math.min(lines.size(), MOST_LEARNT + 1)));
    } catch (IOException | RuntimeException e) {
      // None yet, or not ours: the week begins now.
      learnt.clear();
      write();
    }
  }

  private void write() {
    var lines = new ArrayList<String>();
    lines.add(since.toString());
    lines.addAll(learnt);
    try {
      OwnFile.replace(file, String.join("\n", lines).getBytes(StandardCharsets.UTF_8), false);
    } catch (IOException e) {
      LOG.warn("cannot keep which programs run before authentication: {}", e.toString());
    }
  }
}
