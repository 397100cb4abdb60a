package io.halfsecond.deploy.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// Runs the service of an installed unit as systemd would, as far as that works without systemd.
///
/// An account that the system does not know (DynamicUser=) with the unit's groups, its capabilities
/// as bounding, inherited and ambient set, no new privileges, a file system that can be written in
/// the state directory and a /tmp of its own only, devices of its own, and the limit of open files.
/// Not imitated are the filters of system calls and address families and the limits of the control
/// group.
final class ServiceInRoot implements AutoCloseable {
  private static final int ACCOUNT = 61_234;

  /// $1 the root, $2 the state directory in it or nothing; then the command.
  private static final String ISOLATE =
      """
      set -e
      root=$1 state=$2; shift 2
      mount --bind "$root" "$root"
      mount -t proc proc "$root/proc"
      mount -t sysfs -o ro sysfs "$root/sys"
      mount -t tmpfs -o mode=755 tmpfs "$root/dev"
      for device in null zero full random urandom tty; do
        touch "$root/dev/$device"
        mount --bind "/dev/$device" "$root/dev/$device"
      done
      mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs "$root/tmp"
      if [ -n "$state" ]; then mount --bind "$root$state" "$root$state"; fi
      mount -o remount,bind,ro "$root"
      exec chroot "$root" "$@"
      """;

  private final CleanRoot root;
  private final Unit unit;
  private final Path log;
  private final String name;
  private Optional<Process> process = Optional.empty();

  /// @param name of the unit, without its ending
  ServiceInRoot(CleanRoot root, String name, Path log) {
    this.root = root;
    this.name = name;
    this.unit = Unit.read(root.path("/lib/systemd/system/" + name + ".service"));
    this.log = log;
  }

  /// The state directory, as the host sees it.
  Path state() {
    return root.path("/var/lib/private/" + stateDirectory().orElseThrow());
  }

  /// Passes a file to the service only, as LoadCredential= does.
  ///
  /// @return where the service finds it
  String credential(String id, Path file) throws IOException {
    var inRoot = "/run/credentials/" + name + ".service/" + id;
    var copy = root.path(inRoot);
    Files.createDirectories(copy.getParent());
    Files.copy(file, copy);
    own(copy, "r--------");
    return inRoot;
  }

  void start() throws IOException, InterruptedException {
    if (stateDirectory().isPresent()) {
      makeStateDirectory(stateDirectory().get());
    }
    var capabilities =
        unit.words("CapabilityBoundingSet").stream()
            .map(
                capability -> ",+" + capability.substring("CAP_".length()).toLowerCase(Locale.ROOT))
            .collect(Collectors.joining("", "-all", ""));
    var groups =
        unit.words("SupplementaryGroups").stream()
            .map(this::group)
            .flatMap(Optional::stream)
            .toList();
    var command =
        new ArrayList<>(
            List.of(
                "unshare",
                "--mount",
                "--propagation=private",
                "sh",
                "-c",
                ISOLATE,
                "sh",
                root.directory().toString(),
                stateDirectory().map(directory -> "/var/lib/private/" + directory).orElse(""),
                "/usr/bin/prlimit",
                "--nofile=" + Math.min(Long.parseLong(only("LimitNOFILE")), most()),
                "/usr/bin/setpriv",
                "--reuid=" + ACCOUNT,
                "--regid=" + ACCOUNT,
                groups.isEmpty() ? "--clear-groups" : "--groups=" + String.join(",", groups),
                "--bounding-set=" + capabilities,
                "--inh-caps=" + capabilities,
                "--ambient-caps=" + capabilities,
                "--no-new-privs"));
    command.addAll(List.of("/usr/bin/env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"));
    command.addAll(unit.words("Environment"));
    command.addAll(unit.words("ExecStart"));
    process =
        Optional.of(
            new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start());
  }

  /// Asks it to end; it must do so in order.
  void stop() throws InterruptedException {
    var running = process.orElseThrow();
    running.destroy();
    assertThat(running.waitFor(60, TimeUnit.SECONDS)).as(said()).isTrue();
    assertThat(running.exitValue()).as(said()).isZero();
    process = Optional.empty();
  }

  boolean runs() {
    return process.filter(Process::isAlive).isPresent();
  }

  long pid() {
    return process.orElseThrow().pid();
  }

  String said() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /// What it says at `/-/ready`: `ok`, or what it waits for; empty if it does not answer.
  static String readiness(int port) {
    try (var client = HttpClient.newHttpClient()) {
      return client
          .send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/-/ready")).build(),
              HttpResponse.BodyHandlers.ofString())
          .body()
          .strip();
    } catch (IOException e) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }

  /// As systemd does for DynamicUser=: the state is below private/, and a link has the usual name.
  private void makeStateDirectory(String directory) throws IOException {
    if (Files.notExists(state())) {
      Files.createDirectories(state());
      Files.setPosixFilePermissions(
          root.path("/var/lib/private"), PosixFilePermissions.fromString("rwx--x--x"));
      own(state(), "rwx------");
      var link = root.path("/var/lib/" + directory);
      Files.createDirectories(link.getParent());
      Files.createSymbolicLink(link, Path.of("../private/" + directory));
    }
  }

  private static void own(Path file, String permissions) throws IOException {
    Files.setAttribute(file, "unix:uid", ACCOUNT);
    Files.setAttribute(file, "unix:gid", ACCOUNT);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
  }

  /// The number of a group of the root. systemd-journal comes with systemd.
  private Optional<String> group(String group) {
    try (var lines = Files.lines(root.path("/etc/group"))) {
      return lines
          .map(line -> line.split(":", -1))
          .filter(fields -> fields[0].equals(group))
          .map(fields -> fields[2])
          .findFirst();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Open files that this process may allow: not every root may raise a limit.
  private static long most() throws IOException {
    try (var lines = Files.lines(Path.of("/proc/self/limits"))) {
      return lines
          .filter(line -> line.startsWith("Max open files"))
          .map(line -> line.split(" +", -1)[4])
          .mapToLong(hard -> hard.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(hard))
          .findFirst()
          .orElseThrow();
    }
  }

  private Optional<String> stateDirectory() {
    return unit.words("StateDirectory").stream().findFirst();
  }

  private String only(String setting) {
    return unit.words(setting).getFirst();
  }

  /// So that nothing outlives a test that has failed.
  @Override
  public void close() {
    process.ifPresent(Process::destroyForcibly);
  }
}
