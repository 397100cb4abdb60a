package io.halfsecond.deploy.ops;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.halfsecond.deploy.broker.SecuredBroker;
import io.halfsecond.schemas.auth.SecretFile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// The installed services under a real systemd.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SystemdIT {
  private static final String COLLECTOR = "halfsecond-collector";
  private static final String TOPOLOGY = "halfsecond-topology";
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private Path directory = Path.of("");

  @SuppressWarnings("NullAway.Init") // made before all tests
  private CleanRoot root;

  @BeforeAll
  void install(@TempDir Path made) throws IOException {
    if (!"root".equals(System.getProperty("user.name"))) {
      throw Tool.missing("root, to boot a system in a directory");
    }
    Packages.make();
    directory = made;
    root = CleanRoot.make(directory.resolve("root"), "systemd");
    root.dpkg(
        "-i",
        Packages.deb(COLLECTOR, Packages.NEW).toString(),
        Packages.deb("halfsecond", Packages.NEW).toString());
  }

  @Test
  void should_start_wait_end_and_start_again_as_systemd_asks() throws Exception {
    int absent;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      absent = socket.getLocalPort();
    }
    Files.writeString(
        root.path("/etc/halfsecond/collector.yaml"),
        """
        kafka: {bootstrap.servers: "127.0.0.1:%d"}
        host: web-17
        collector: {inventory: false, self-test: false, http: "127.0.0.1:%d"}
        """
            .formatted(absent, Daemon.freePort()));
    dropIn(
        COLLECTOR,
        """
        [Service]
        WatchdogSec=15s
        RestartSec=1s
        """);
    try (var broker =
            SecuredBroker.start(
                Files.createDirectory(directory.resolve("broker")),
                List.of("admin", TOPOLOGY),
                List.of());
        var system = boot(broker)) {
      // when Kafka does not let it in yet
      system.start(TOPOLOGY);

      // then
      assertThat(system.show(TOPOLOGY, "ActiveState")).isEqualTo("active");
      awaitStatus(
          system, TOPOLOGY, text -> text.startsWith("waiting: ") && text.contains("topics apply"));

      // when it does
      apply(system, broker);

      // then
      awaitStatus(system, TOPOLOGY, "at work"::equals);
      assertThat(system.show(TOPOLOGY, "NRestarts")).isEqualTo("0");
      assertThat(system.journal(TOPOLOGY)).contains("halfsecond stream: goes on, after ");
      // Kafka Streams lets the group look into its directory. Nobody is in the group of such a
      // user.
      assertThat(stat(system, "%a %u", "/var/lib/private/halfsecond/streams"))
          .isEqualTo("750 " + stat(system, "%u", "/proc/" + system.show(TOPOLOGY, "MainPID")));

      // when a collector has no Kafka
      system.start(COLLECTOR);

      // then
      awaitStatus(system, COLLECTOR, text -> text.contains("127.0.0.1:" + absent));

      // when it hangs
      signal(system, "SIGSTOP");

      // then
      awaitRestarts(system, COLLECTOR, 1);
      assertThat(system.succeed("systemctl", "status", COLLECTOR)).contains("Status: \"waiting: ");
      assertThat(system.succeed("journalctl", "--no-pager", "--unit=" + COLLECTOR, "--output=cat"))
          .contains("Watchdog timeout");

      // when it dies
      signal(system, "SIGKILL");

      // then
      awaitRestarts(system, COLLECTOR, 2);

      // when they are stopped
      system.succeed("systemctl", "stop", COLLECTOR, TOPOLOGY);

      // then
      for (var service : List.of(COLLECTOR, TOPOLOGY)) {
        assertThat(system.show(service, "Result")).as(system.journal(service)).isEqualTo("success");
        assertThat(system.show(service, "ExecMainStatus")).isEqualTo("0");
      }

      // when a setting is wrong
      Files.writeString(
          root.path("/etc/halfsecond/collector.yaml"), "collector: {heartbeat: never}\n");

      // then
      assertThat(system.run("systemctl", "start", COLLECTOR).status()).isNotZero();
      assertThat(system.journal(COLLECTOR)).contains("collector.heartbeat");
    }
  }

  private BootedRoot boot(SecuredBroker broker) throws IOException {
    configureTopology(broker);
    return BootedRoot.boot(root, directory.resolve("systemd.log"));
  }

  private static void signal(BootedRoot system, String name) {
    system.succeed("systemctl", "kill", "--kill-whom=main", "--signal=" + name, COLLECTOR);
  }

  private static String stat(BootedRoot system, String format, String file) {
    return system.succeed("stat", "--format=" + format, file);
  }

  private static void awaitStatus(BootedRoot system, String service, Predicate<String> expected) {
    await().atMost(PATIENCE).until(() -> system.show(service, "StatusText"), expected);
  }

  private static void awaitRestarts(BootedRoot system, String service, int number) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(system.show(service, "NRestarts")).isEqualTo(String.valueOf(number));
              assertThat(system.show(service, "ActiveState")).isEqualTo("active");
            });
  }

  private void configureTopology(SecuredBroker broker) throws IOException {
    Files.copy(broker.authority(), root.path("/etc/halfsecond/ca.pem"));
    secret("/etc/halfsecond/jaas.conf", SecuredBroker.jaas(TOPOLOGY));
    dropIn(
        TOPOLOGY,
        """
        [Service]
        LoadCredential=jaas.conf:/etc/halfsecond/jaas.conf
        """);
    Files.writeString(
        root.path("/etc/halfsecond/halfsecond.yaml"),
        kafka(broker, "/run/credentials/%s.service/jaas.conf".formatted(TOPOLOGY))
            + """
            topics: {replication-factor: 1}
            stream: {http: "127.0.0.1:%d"}
            """
                .formatted(Daemon.freePort()));
  }

  private void apply(BootedRoot system, SecuredBroker broker) throws IOException {
    secret("/etc/halfsecond/admin.conf", SecuredBroker.jaas(SecuredBroker.ADMIN));
    Files.writeString(
        root.path("/etc/halfsecond/admin.yaml"), kafka(broker, "/etc/halfsecond/admin.conf"));
    system.succeed(
        "halfsecond",
        "topics",
        "apply",
        "--config=/etc/halfsecond/admin.yaml",
        "--partitions=1",
        "--replication-factor=1",
        "--acls",
        "--administrators=User:admin",
        "--collectors=User:collectors",
        "--topology=User:" + TOPOLOGY,
        "--readers=User:readers");
  }

  private static String kafka(SecuredBroker broker, String jaas) {
    return broker
        .asUser(Path.of(jaas))
        .replace(broker.authority().toString(), "/etc/halfsecond/ca.pem");
  }

  private void secret(String file, String content) throws IOException {
    SecretFile.create(root.path(file), content.getBytes(UTF_8));
  }

  private void dropIn(String service, String content) throws IOException {
    var file = root.path("/etc/systemd/system/%s.service.d/test.conf".formatted(service));
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }
}
