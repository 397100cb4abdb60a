package io.halfsecond.deploy.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A clean root whose systemd runs, as process 1 of its namespaces. It shares the network with this
/// machine, and cannot change what this machine's kernel is set to.
///
/// In a process namespace of its own the kernel tells a collector nothing of processes.
final class BootedRoot implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /// $1 the root.
  private static final String BOOT =
      """
      set -e
      mount --bind "$1" "$1"
      cd "$1"
      mount -t proc proc proc
      mount --bind proc/sys proc/sys
      mount -o remount,bind,ro proc/sys
      mount -t sysfs -o ro sysfs sys
      mount -t tmpfs -o mode=755 tmpfs sys/fs/cgroup
      mount -t cgroup2 cgroup2 sys/fs/cgroup
      mount -t tmpfs -o mode=755 tmpfs dev
      for device in null zero full random urandom tty; do
        touch dev/$device
        mount --bind /dev/$device dev/$device
      done
      # Without a terminal multiplexer systemd cannot make private devices.
      mkdir dev/pts
      mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
      ln -s pts/ptmx dev/ptmx
      for directory in run tmp; do mount -t tmpfs -o mode=755 tmpfs $directory; done
      pivot_root . mnt
      umount -l mnt
      # As a manager of containers does: credentials are mounted by a child and have to arrive.
      mount --make-rshared /
      exec env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin \\
        /lib/systemd/systemd --system --unit=basic.target
      """;

  private final Process unshare;
  private final long init;

  private BootedRoot(Process unshare, long init) {
    this.unshare = unshare;
    this.init = init;
  }

  /// @param log of what leads to systemd, which has its journal
  static BootedRoot boot(CleanRoot root, Path log) throws IOException {
    var unshare =
        new ProcessBuilder(
                Tool.require("unshare", "util-linux").file().toString(),
                "--mount",
                "--pid",
                "--fork",
                "--uts",
                "--ipc",
                "--cgroup",
                "--kill-child",
                "sh",
                "-c",
                BOOT,
                "sh",
                root.directory().toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      await()
          .atMost(PATIENCE)
          .failFast(() -> assertThat(unshare.isAlive()).isTrue())
          .until(() -> unshare.children().findFirst().isPresent());
      var booted = new BootedRoot(unshare, unshare.children().findFirst().orElseThrow().pid());
      await()
          .atMost(PATIENCE)
          .failFast(() -> assertThat(unshare.isAlive()).isTrue())
          .until(() -> booted.run("systemctl", "is-system-running").output(), "running\n"::equals);
      return booted;
    } catch (RuntimeException | Error e) {
      unshare.descendants().forEach(ProcessHandle::destroyForcibly);
      throw e;
    }
  }

  /// Runs a program of the root.
  Tool.Result run(String... command) {
    var arguments =
        new ArrayList<>(
            List.of(
                "--target=" + init,
                "--mount",
                "--pid",
                "--uts",
                "--ipc",
                "--cgroup",
                "--root",
                "--wd"));
    arguments.addAll(List.of(command));
    return Tool.require("nsenter", "util-linux")
        .run(
            Path.of("/"),
            Map.of("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"),
            arguments.toArray(String[]::new));
  }

  /// As [#run], and it must succeed.
  String succeed(String... command) {
    var result = run(command);
    assertThat(result.status()).as(result.output()).isZero();
    return result.output();
  }

  /// Starts a service; that must succeed.
  void start(String service) {
    var result = run("systemctl", "start", service);
    assertThat(result.status()).as(journal(service)).isZero();
  }

  /// A property of a service.
  String show(String service, String property) {
    return succeed("systemctl", "show", "--value", "--property=" + property, service).strip();
  }

  /// What a service has said.
  String journal(String service) {
    return succeed("journalctl", "--no-pager", "--output=cat", "--unit=" + service);
  }

  @Override
  public void close() {
    // The first process takes all others of its namespace along.
    ProcessHandle.of(init).ifPresent(ProcessHandle::destroyForcibly);
    await().atMost(PATIENCE).until(() -> !unshare.isAlive());
  }
}
