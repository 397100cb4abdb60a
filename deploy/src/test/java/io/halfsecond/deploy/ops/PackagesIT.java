package io.halfsecond.deploy.ops;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.halfsecond.collector.spool.SpoolListing;
import io.halfsecond.deploy.broker.Certificates;
import io.halfsecond.deploy.broker.SecuredBroker;
import io.halfsecond.deploy.config.Catalogue;
import io.halfsecond.deploy.config.Configuration;
import io.halfsecond.deploy.demo.PrivateSshd;
import io.halfsecond.schemas.AuthTiming;
import io.halfsecond.schemas.Topic;
import io.halfsecond.schemas.Topics;
import io.halfsecond.schemas.auth.SecretFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// The packages, installed in a clean system, run as their units say, upgraded and removed.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PackagesIT {
  private static final Topics TOPICS = Topics.of(Topics.DEFAULT_PREFIX, 1);
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final String COLLECTOR = "halfsecond-collector";
  private static final String TOPOLOGY = "halfsecond-topology";
  private static final String PUSH = "halfsecond-push";
  private static final String HOST = "web-17";

  private final int alertmanagerPort = Daemon.freePort();
  private Path directory = Path.of("");

  @SuppressWarnings("NullAway.Init") // made before all tests
  private CleanRoot root;

  @BeforeAll
  void makePackagesAndRoot(@TempDir Path made) throws Exception {
    if (!"root".equals(System.getProperty("user.name"))) {
      throw Tool.missing("root, to install packages in a directory");
    }
    Tool.require("unshare", "util-linux");
    Packages.make();
    directory = made;
    root = CleanRoot.make(directory.resolve("root"));
  }

  @Test
  void should_keep_configuration_spool_and_identity_until_purged() throws Exception {
    var before = root.files();
    root.dpkg("-i", Packages.all(Packages.OLD, "deb")[0], Packages.all(Packages.OLD, "deb")[1]);
    // Nothing runs before it is configured.
    assertThat(root.has("/etc/systemd/system/multi-user.target.wants")).isFalse();

    var sshdDirectory = Files.createDirectory(directory.resolve("sshd"));
    try (var broker =
            SecuredBroker.start(
                Files.createDirectory(directory.resolve("broker")),
                List.of("admin", "topology", "reader"),
                List.of(HOST));
        var sshd = PrivateSshd.prepare(sshdDirectory, Duration.ofSeconds(60));
        var collector = new ServiceInRoot(root, COLLECTOR, directory.resolve("collector.log"));
        var topology = new ServiceInRoot(root, TOPOLOGY, directory.resolve("topology.log"));
        var push = new ServiceInRoot(root, PUSH, directory.resolve("push.log"));
        var api = new PrometheusApi(alertmanagerPort);
        var alertmanager =
            AlertingStack.alertmanager(
                directory, Path.of("alertmanager/alertmanager.yml"), alertmanagerPort, api)) {
      sshd.start(Map.of());
      var admin = admin(broker);
      configureCollector(collector, broker, sshd);

      // when it is installed
      collector.start();
      awaitReady(collector, configured("collector.http"));
      login(sshd, 1);
      awaitConnections(admin, 1);
      assertRestricted(collector);
      assertHostCommands();
      collector.stop();

      // and Kafka is away
      var configuration = root.path("/etc/halfsecond/collector.yaml");
      var working = Files.readString(configuration);
      var nobody = "127.0.0.1:" + Daemon.freePort();
      Files.writeString(configuration, working.replaceFirst("127\\.0\\.0\\.1:\\d+", nobody));
      collector.start();
      // Its sources run, then.
      awaitReadiness(
          collector,
          configured("collector.http"),
          text -> !text.isEmpty() && text.lines().allMatch(line -> line.contains(nobody)));
      login(sshd, 3);
      await().atMost(PATIENCE).until(() -> waiting(collector) >= 6);
      collector.stop();
      var state = content(collector.state());
      Files.writeString(configuration, working);

      // and it is upgraded
      root.dpkg("-i", Packages.deb(COLLECTOR, Packages.NEW).toString());

      // then
      assertThat(content(collector.state())).isEqualTo(state).isNotEmpty();
      assertThat(configuration).hasContent(working);
      assertThat(root.run("dpkg-query", "-f=${Version}", "-W", COLLECTOR).output())
          .isEqualTo(Packages.NEW);
      collector.start();
      awaitConnections(admin, 4);
      await().atMost(PATIENCE).until(() -> waiting(collector) == 0);
      login(sshd, 1);
      awaitConnections(admin, 5);
      collector.stop();
      assertThat(sequences(admin))
          .as("three runs without a gap; of the one without Kafka, the first heartbeat is not kept")
          .hasSize(3)
          .allSatisfy(
              (_, numbers) -> {
                assertThat(numbers.first()).isBetween(0L, 1L);
                assertThat(numbers.last() - numbers.first()).isEqualTo(numbers.size() - 1L);
              });
      assertThat(read(admin, TOPICS.authTiming()))
          .extracting(AuthTiming::getHost)
          .containsOnly(HOST);

      // when it is downgraded
      state = content(collector.state());
      root.dpkg("-i", Packages.deb(COLLECTOR, Packages.OLD).toString());

      // then
      assertThat(content(collector.state())).isEqualTo(state);
      collector.start();
      awaitReady(collector, configured("collector.http"));
      login(sshd, 1);
      awaitConnections(admin, 6);
      collector.stop();

      // and the topology judges what was sent
      configureTopology(topology, broker);
      topology.start();
      awaitReady(topology, configured("stream.http"));
      topology.stop();

      // and its alerts are pushed, by an account of its own
      configurePush(push, broker);
      push.start();
      awaitReady(push, configured("push.http"));
      assertThat(Files.readAllLines(Path.of("/proc/" + push.pid() + "/status")))
          .contains("NoNewPrivs:\t1", "CapEff:\t" + "0".repeat(16))
          .anyMatch(line -> line.matches("Uid:\t61234\t.*"));
      push.stop();
      assertThat(alertmanager.alive()).as(alertmanager.said()).isTrue();
    }

    // when they are removed
    root.dpkg("-r", COLLECTOR, "halfsecond");

    // then
    assertThat(root.has("/usr/lib/halfsecond-collector")).isFalse();
    assertThat(root.has("/usr/bin/halfsecond")).isFalse();
    assertThat(root.has("/etc/halfsecond/collector.yaml")).isTrue();
    assertThat(root.has("/var/lib/private/halfsecond/collector")).isTrue();

    // when they are purged; what the administrator made stays the administrator's
    for (var own : List.of("/etc/halfsecond/ca.pem", "/run/credentials")) {
      delete(root.path(own));
    }
    root.dpkg("--purge", COLLECTOR, "halfsecond");

    // then. The directory is systemd's, and so is what it holds of other services.
    var after = root.files();
    after.remove("/var/lib/private");
    assertSame(after, before);
  }

  @Test
  void should_install_upgrade_and_remove_as_rpm() throws Exception {
    var other = directory.resolve("rpm-root");
    Tool.require("cp", "coreutils")
        .run(directory, Map.of(), "-a", root.directory().toString(), other.toString());
    var system = new CleanRoot(other);
    var before = system.files();

    system.rpm(with("-i", with("--nodeps", Packages.all(Packages.OLD, "rpm"))));
    assertThat(system.run("/usr/bin/halfsecond", "--version").status())
        .as("without /proc there is no Java")
        .isNotZero();
    Files.writeString(system.path("/etc/halfsecond/collector.yaml"), "host: mine\n");
    system.rpm(with("-U", with("--nodeps", Packages.all(Packages.NEW, "rpm"))));
    assertThat(system.path("/etc/halfsecond/collector.yaml")).hasContent("host: mine");
    system.rpm(
        with("-U", with("--nodeps", with("--oldpackage", Packages.all(Packages.OLD, "rpm")))));
    assertThat(system.rpm("-q", COLLECTOR, "halfsecond"))
        .contains(COLLECTOR + "-" + Packages.OLD, "halfsecond-" + Packages.OLD);
    // Nothing is missing or changed but the configuration.
    assertThat(system.rpm("-V", "--nodeps", "halfsecond")).isEmpty();
    system.rpm("-e", "--nodeps", COLLECTOR, "halfsecond");

    assertThat(system.path("/etc/halfsecond/collector.yaml.rpmsave")).hasContent("host: mine");
    Files.delete(system.path("/etc/halfsecond/collector.yaml.rpmsave"));
    var after = system.files();
    // What was kept is in it, and the other is of the distribution's own package.
    after.removeAll(List.of("/etc/halfsecond", "/usr/share/licenses"));
    assertSame(after, before);
  }

  @Test
  void should_have_nothing_that_lintian_or_rpmlint_object_to() {
    var here = Path.of("").toAbsolutePath();
    var lintian =
        Tool.require("lintian", "lintian")
            .run(
                here,
                Map.of(),
                // Tests do without compression, to be fast.
                with(
                    "--suppress-tags=uses-no-compression-for-control-tarball,uses-no-compression-for-data-tarball",
                    Packages.all(Packages.OLD, "deb")));
    assertThat(lintian.output().lines().filter(line -> line.matches("[EW]: .*"))).isEmpty();
    assertThat(lintian.status()).as(lintian.output()).isZero();

    var rpmlint =
        Tool.require("rpmlint", "rpmlint")
            .run(
                here,
                Map.of(),
                with("-c", with("packages/rpmlint.toml", Packages.all(Packages.OLD, "rpm"))));
    assertThat(rpmlint.output()).contains("0 errors, 0 warnings");
    assertThat(rpmlint.status()).as(rpmlint.output()).isZero();
  }

  /// Names the files that differ, not all.
  private static void assertSame(Set<String> after, Set<String> before) {
    assertThat(after.stream().filter(file -> !before.contains(file))).as("left behind").isEmpty();
    assertThat(before.stream().filter(file -> !after.contains(file))).as("gone").isEmpty();
  }

  private static String[] with(String first, String... others) {
    var all = new ArrayList<>(List.of(first));
    all.addAll(List.of(others));
    return all.toArray(String[]::new);
  }

  /// What the administrator has besides.
  private Configuration admin(SecuredBroker broker) throws IOException {
    var jaas = secret("admin.jaas", SecuredBroker.jaas("admin"));
    var file = Files.writeString(directory.resolve("admin.yaml"), broker.asUser(jaas));
    var inRoot = root.path("/etc/halfsecond/halfsecond.yaml");
    var packaged = Files.readString(inRoot);
    SecretFile.create(root.path("/root/admin.jaas"), Files.readAllBytes(jaas));
    var authority = broker.authority();
    Files.copy(authority, root.path("/etc/halfsecond/ca.pem"));
    Files.writeString(
        inRoot,
        Files.readString(file)
            .replace(jaas.toString(), "/root/admin.jaas")
            .replace(authority.toString(), "/etc/halfsecond/ca.pem"));
    var applied =
        inNamespace(
            "/usr/bin/halfsecond",
            "topics",
            "apply",
            "--partitions=1",
            "--replication-factor=1",
            "--acls",
            "--administrators=User:admin",
            "--collectors=User:CN=" + HOST,
            "--topology=User:topology",
            "--readers=User:reader");
    assertThat(applied.status()).as(applied.output()).isZero();
    Files.delete(root.path("/root/admin.jaas"));
    Files.writeString(inRoot, packaged);
    return Configuration.load(Optional.of(file), Map.of(), Map.of());
  }

  /// What a person asks on a host that has nothing but the collector.
  private void assertHostCommands() {
    assertThat(inNamespace("/usr/bin/halfsecond-collector", "doctor", "host", "kafka").output())
        .contains("ok    host: " + HOST)
        .contains("ok    Kafka: ")
        .contains("ok    topics: all present that this user may see");
    assertThat(inNamespace("/usr/bin/halfsecond-collector", "spool").status()).isZero();
    assertThat(inNamespace("/usr/bin/halfsecond-collector", "doctor", "topology").output())
        .contains("this is the collector's own distribution: check topology with");
  }

  private Path secret(String name, String content) throws IOException {
    var file = directory.resolve(name);
    SecretFile.create(file, content.getBytes(UTF_8));
    return file;
  }

  /// A command that a person gives, with /proc.
  private Tool.Result inNamespace(String... command) {
    var arguments =
        new ArrayList<>(
            List.of(
                "--mount",
                "--propagation=private",
                "sh",
                "-c",
                "mount -t proc proc \"$1/proc\" && exec chroot \"$@\"",
                "sh",
                root.directory().toString()));
    arguments.addAll(List.of(command));
    return Tool.require("unshare", "util-linux")
        .run(directory, Map.of(), arguments.toArray(String[]::new));
  }

  private void configureCollector(ServiceInRoot service, SecuredBroker broker, PrivateSshd sshd)
      throws IOException {
    var password = secret("store.password", Certificates.PASSWORD);
    var kafka = broker.asHost(HOST, password);
    var store = directory.resolve("broker/certificates/" + HOST + ".p12");
    Files.writeString(
        root.path("/etc/halfsecond/collector.yaml"),
        kafka
                .replace(password.toString(), service.credential("store.password", password))
                .replace(store.toString(), service.credential("host.p12", store))
                .replace(broker.authority().toString(), "/etc/halfsecond/ca.pem")
            + """
            host: %s
            collector:
              sshd-command: %s
              log: off
              probe: false
              self-test: false
              inventory: false
              heartbeat: 1s
              http: 127.0.0.1:%d
            """
                .formatted(HOST, sshd.config(), Daemon.freePort()));
  }

  private void configurePush(ServiceInRoot service, SecuredBroker broker) throws IOException {
    var url = secret("webhook.url", "http://127.0.0.1:%d/".formatted(Daemon.freePort()));
    Files.writeString(
        root.path("/etc/halfsecond/halfsecond.yaml"),
        kafka(service, broker, "reader")
            + """
            push:
              alertmanager: http://127.0.0.1:%d
              webhook-url-file: %s
              http: 127.0.0.1:%d
            """
                .formatted(
                    alertmanagerPort, service.credential("webhook.url", url), Daemon.freePort()));
  }

  private void configureTopology(ServiceInRoot service, SecuredBroker broker) throws IOException {
    Files.writeString(
        root.path("/etc/halfsecond/halfsecond.yaml"),
        kafka(service, broker, "topology")
            + """
            topics: {replication-factor: 1}
            stream:
              http: 127.0.0.1:%d
            """
                .formatted(Daemon.freePort()));
  }

  /// What is configured of Kafka, with the login of a user as a credential of the service.
  private String kafka(ServiceInRoot service, SecuredBroker broker, String user)
      throws IOException {
    var jaas = secret(user + ".jaas", SecuredBroker.jaas(user));
    var kafka = broker.asUser(jaas);
    return kafka
        .replace(jaas.toString(), service.credential("jaas.conf", jaas))
        .replace(broker.authority().toString(), "/etc/halfsecond/ca.pem");
  }

  /// The port of a service's own page.
  private int configured(String key) throws IOException {
    var file = key.startsWith("collector") ? "collector.yaml" : "halfsecond.yaml";
    return Files.readAllLines(root.path("/etc/halfsecond/" + file)).stream()
        .map(String::strip)
        .filter(line -> line.startsWith("http: "))
        .map(line -> Integer.parseInt(line.substring(line.lastIndexOf(':') + 1)))
        .findFirst()
        .orElseThrow();
  }

  private static void awaitReady(ServiceInRoot service, int port) {
    awaitReadiness(service, port, "ok"::equals);
  }

  private static void awaitReadiness(ServiceInRoot service, int port, Predicate<String> expected) {
    await()
        .atMost(PATIENCE)
        .failFast(() -> assertThat(service.runs()).as(service.said()).isTrue())
        .until(() -> ServiceInRoot.readiness(port), expected);
  }

  /// It runs with no right but CAP_NET_ADMIN, as an account that nobody knows.
  private static void assertRestricted(ServiceInRoot service) throws IOException {
    var status = Files.readAllLines(Path.of("/proc/" + service.pid() + "/status"));
    var netAdmin = "%016x".formatted(1L << 12);
    assertThat(status)
        .contains("NoNewPrivs:\t1")
        .contains("CapEff:\t" + netAdmin, "CapBnd:\t" + netAdmin, "CapAmb:\t" + netAdmin)
        .anyMatch(line -> line.matches("Uid:\t61234\t.*"));
  }

  private static void login(PrivateSshd sshd, int times) {
    for (int n = 0; n < times; n++) {
      var result =
          Tool.require("ssh", "openssh-client")
              .run(
                  Path.of("/"),
                  Map.of(),
                  "-F",
                  "none",
                  "-i",
                  sshd.goodKey().toString(),
                  "-p",
                  Integer.toString(sshd.port()),
                  "-o",
                  "BatchMode=yes",
                  "-o",
                  "StrictHostKeyChecking=no",
                  "-o",
                  "UserKnownHostsFile=/dev/null",
                  "root@127.0.0.1",
                  "true");
      assertThat(result.status()).as(result.output()).isZero();
    }
  }

  private static long waiting(ServiceInRoot service) throws IOException {
    return SpoolListing.of(service.state().resolve("spool"), _ -> {}).segments().stream()
        .mapToLong(SpoolListing.Listed::waitingInAll)
        .sum();
  }

  /// Two records each.
  private static void awaitConnections(Configuration admin, int count) {
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                read(admin, TOPICS.authTiming()).size() >= count
                    && read(admin, TOPICS.sessionCpu()).size() >= count);
  }

  /// The numbers of each run's records, heartbeats among them.
  private static Map<String, SortedSet<Long>> sequences(Configuration admin) {
    var byRun = new TreeMap<String, SortedSet<Long>>();
    read(admin, TOPICS.authTiming())
        .forEach(record -> numbers(byRun, record.getCollector()).add(record.getSequence()));
    read(admin, TOPICS.sessionCpu())
        .forEach(record -> numbers(byRun, record.getCollector()).add(record.getSequence()));
    read(admin, TOPICS.collectorStatus())
        .forEach(record -> numbers(byRun, record.getCollector()).add(record.getSequence()));
    return byRun;
  }

  private static SortedSet<Long> numbers(Map<String, SortedSet<Long>> byRun, String run) {
    return byRun.computeIfAbsent(run, _ -> new TreeSet<>());
  }

  private static <T> List<T> read(Configuration admin, Topic<T> topic) {
    var settings = new HashMap<String, Object>(admin.kafka());
    settings.put("bootstrap.servers", admin.get(Catalogue.BOOTSTRAP_SERVERS));
    var partition = new TopicPartition(topic.name(), 0);
    var records = new ArrayList<T>();
    try (var consumer =
        new KafkaConsumer<>(
            settings, topic.keySerde().deserializer(), topic.valueSerde().deserializer())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
      while (consumer.position(partition) < end) {
        consumer.poll(Duration.ofMillis(200)).forEach(record -> records.add(record.value()));
      }
    }
    return records;
  }

  /// Every file below a directory, and what is in it.
  private static Map<String, String> content(Path directory) throws IOException {
    var content = new TreeMap<String, String>();
    try (var files = Files.walk(directory)) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        content.put(
            directory.relativize(file).toString(),
            HexFormat.of().formatHex(Files.readAllBytes(file)));
      }
    }
    return content;
  }

  private static void delete(Path tree) throws IOException {
    try (var files = Files.walk(tree)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
