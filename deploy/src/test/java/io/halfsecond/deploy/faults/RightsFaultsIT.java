package io.halfsecond.deploy.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.deploy.broker.AclPlan;
import io.halfsecond.deploy.broker.ClusterRole;
import io.halfsecond.deploy.broker.SecuredBroker;
import io.halfsecond.deploy.broker.TopicPlan;
import io.halfsecond.deploy.config.Configuration;
import io.halfsecond.deploy.doctor.ClusterChecks;
import io.halfsecond.deploy.doctor.Finding;
import io.halfsecond.deploy.ops.Daemon;
import io.halfsecond.deploy.ops.Tool;
import io.halfsecond.deploy.service.Clusters;
import io.halfsecond.schemas.Topics;
import io.halfsecond.schemas.auth.SecretFile;
import io.halfsecond.streams.StreamsSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Every right of every role, by the table from which they are granted: missing at the start, taken
/// away while a process runs, and granted again.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RightsFaultsIT {
  private static final Topics TOPICS = Topics.of("ssh.", 2);
  private static final Duration RECOVERY = Duration.ofSeconds(15);

  /// Until a right is said to be missing that the process does not need at once.
  private static final Duration SAID = Duration.ofSeconds(30);

  private static final Path LAUNCHER = Path.of("target/halfsecond/bin/halfsecond").toAbsolutePath();

  private Path directory = Path.of("");
  private final List<AutoCloseable> started = new ArrayList<>();
  private final FaultTable table = FaultTable.ofThisRun();

  @SuppressWarnings("NullAway.Init")
  private SecuredBroker broker;

  @SuppressWarnings("NullAway.Init")
  private Admin admin;

  @BeforeAll
  void start(@TempDir Path made) throws Exception {
    directory = made;
    Files.writeString(directory.resolve("auth.log"), "");
    broker =
        SecuredBroker.start(
            Files.createDirectories(directory.resolve("broker")),
            Stream.concat(
                    Stream.of(SecuredBroker.ADMIN),
                    Stream.of(ClusterRole.values()).map(ClusterRole::word))
                .toList(),
            List.of());
    started.add(broker);
    admin = Clusters.admin(configuration(SecuredBroker.ADMIN, ""));
    started.add(admin);
    TopicPlan.of(admin, TOPICS, 1).apply(admin);
    grantEverything();
    // Of internal topics that are not there the cluster tells no right.
    try (var topology = program(ClusterRole.TOPOLOGY)) {
      topology.start();
      topology.await("its topics are there", topology::ready);
    }
  }

  @AfterAll
  void stop() throws Exception {
    for (var each : started.reversed()) {
      each.close();
    }
  }

  @BeforeEach
  void grantEverything() {
    for (var role : ClusterRole.values()) {
      grant(rights(role));
    }
  }

  @Test
  void should_name_each_right_that_doctor_finds_missing() {
    for (var role : ClusterRole.values()) {
      for (var right : rights(role)) {
        if (isImplied(right)) {
          continue;
        }

        // when
        revoke(List.of(right));

        // then
        var found =
            Awaitility.await(right.toString())
                .atMost(RECOVERY)
                .until(() -> doctor(role), finding -> finding.what().contains(words(right)));
        assertThat(found.level()).isNotEqualTo(Finding.Level.OK);
        assertThat(found.remedy()).contains("topics apply --acls " + grantsTo(role));

        grant(List.of(right));
      }
      Awaitility.await(role.word())
          .atMost(RECOVERY)
          .until(() -> doctor(role).level() == Finding.Level.OK);
    }
  }

  @Test
  void should_say_what_a_command_lacks_in_one_line() throws Exception {
    var commands =
        Map.of(
            ClusterRole.READER,
            List.of("alerts"),
            ClusterRole.DECIDER,
            List.of("ack", "0123456789abcdef", "--dismiss", "--why=known"),
            ClusterRole.AUDITOR,
            List.of("sessions", "web-17"),
            ClusterRole.ADMINISTRATOR,
            List.of("topics", "apply", "--partitions=3"));
    for (var command : commands.entrySet()) {
      var role = command.getKey();
      var first = rights(role).iterator().next();
      revoke(rights(role));

      // when
      var ran = run(role, command.getValue());

      // then
      assertThat(ran.status()).as(ran.output()).isNotZero();
      assertThat(ran.output().lines().filter(line -> line.contains("lacks")))
          .as(ran.output())
          .singleElement()
          .asString()
          .contains(
              "User:" + role.word(), operation(first), first.pattern().name(), grantsTo(role));

      grant(rights(role));
    }
  }

  @Test
  void should_wait_without_rights_and_go_on_once_they_are_granted() throws Exception {
    for (var role : List.of(ClusterRole.COLLECTOR, ClusterRole.TOPOLOGY)) {
      revoke(rights(role));
      try (var program = program(role)) {
        // when
        program.start();

        // then
        program.await(
            "it says what it lacks",
            () ->
                program.waitsFor("authorization")
                    && program.waitsFor().contains(grantsTo(role))
                    && program.waitsFor().contains("lacks "));
        assertThat(program.healthy()).isTrue();

        // when
        grant(rights(role));
        record(role, "all rights missing at the start", recovery(program));
      }
    }
  }

  @Test
  void should_go_on_after_a_right_was_taken_away_and_granted_again() throws Exception {
    try (var topology = program(ClusterRole.TOPOLOGY);
        var collector = program(ClusterRole.COLLECTOR)) {
      topology.start();
      collector.start();
      topology.await("it works", topology::ready);
      collector.await("it works", collector::ready);

      stops(ClusterRole.TOPOLOGY, topology, right -> isOn(right, TOPICS.probe().name()));
      stops(
          ClusterRole.COLLECTOR, collector, right -> isOn(right, TOPICS.collectorStatus().name()));
      goesOn(
          ClusterRole.TOPOLOGY,
          topology,
          right -> right.entry().operation() == AclOperation.DELETE);
      assertThat(topology.said()).doesNotContain("DeleteRecords request");
    }
  }

  @Test
  @Tag("faults")
  void should_recover_from_each_right_of_a_topology() throws Exception {
    try (var topology = program(ClusterRole.TOPOLOGY);
        var collector = program(ClusterRole.COLLECTOR)) {
      collector.start();
      topology.start();
      topology.await("it works", topology::ready);
      for (var right : rights(ClusterRole.TOPOLOGY)) {
        each(ClusterRole.TOPOLOGY, topology, right);
      }
    }
  }

  @Test
  @Tag("faults")
  void should_recover_from_each_right_of_a_collector() throws Exception {
    try (var collector = program(ClusterRole.COLLECTOR)) {
      collector.start();
      collector.await("it works", collector::ready);
      for (var right : rights(ClusterRole.COLLECTOR)) {
        each(ClusterRole.COLLECTOR, collector, right);
      }
    }
  }

  /// Takes a right away from a process that runs, and later from one that starts.
  private void each(ClusterRole role, Program program, AclBinding right) {
    revoke(List.of(right));
    var running = observe(program, right);
    grant(List.of(right));
    record(role, "revoked: " + words(right) + ": " + running, recovery(program));

    program.stop();
    revoke(List.of(right));
    program.start();
    var starting = observe(program, right);
    grant(List.of(right));
    record(role, "missing at the start: " + words(right) + ": " + starting, recovery(program));
  }

  /// What the process says within half a minute.
  private static String observe(Program program, AclBinding right) {
    var deadline = Instant.now().plus(SAID);
    int before = program.said().length();
    while (Instant.now().isBefore(deadline)) {
      assertThat(program.alive()).isTrue();
      var waits = program.waitsFor();
      if (waits.contains(right.pattern().name()) && waits.contains("lacks")) {
        return "waits, and says so";
      }
      var said = program.said().substring(before);
      if (said.lines()
          .anyMatch(line -> line.contains(right.pattern().name()) && line.contains("lacks"))) {
        return program.ready() ? "goes on, and says so" : "waits, and says so";
      }
      pause();
    }
    return program.ready()
        ? "goes on, and does not notice"
        : "waits: " + program.waitsFor().strip();
  }

  private void stops(ClusterRole role, Program program, Predicate<AclBinding> which) {
    var right = rights(role).stream().filter(which).findFirst().orElseThrow();

    // when
    revoke(List.of(right));

    // then
    program.await(
        "it waits for " + words(right),
        () ->
            program.waitsFor("authorization")
                && program.waitsFor().contains("lacks " + operation(right))
                && program.waitsFor().contains(right.pattern().name())
                && program.waitsFor().contains(grantsTo(role)));
    assertThat(program.healthy()).isTrue();

    // when
    grant(List.of(right));
    record(role, "revoked: " + words(right) + ": waits, and says so", recovery(program));
  }

  private void goesOn(ClusterRole role, Program program, Predicate<AclBinding> which) {
    var right = rights(role).stream().filter(which).findFirst().orElseThrow();

    // when
    revoke(List.of(right));

    // then
    program.await(
        "it says " + words(right), () -> program.said().contains("lacks " + words(right)));
    assertThat(program.ready()).isTrue();

    // when
    grant(List.of(right));
    record(role, "revoked: " + words(right) + ": goes on, and says so", recovery(program));
  }

  private static Duration recovery(Program program) {
    var granted = Instant.now();
    program.await("it goes on", program::ready);
    var recovered = Duration.between(granted, Instant.now());
    assertThat(recovered).isLessThan(RECOVERY);
    return recovered;
  }

  private void record(ClusterRole role, String what, Duration recovered) {
    table.add(
        "rights of %s, %s".formatted(role.word(), what.replace("`", "")),
        new FaultTable.Row(0, 0, 0, 0, 0, 0, 0, recovered));
  }

  private static void pause() {
    try {
      Thread.sleep(500);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /// The administrator's other rights on the same topics imply it.
  private static boolean isImplied(AclBinding right) {
    return right.entry().operation() == AclOperation.DESCRIBE
        && right.pattern().name().equals("ssh.");
  }

  private static boolean isOn(AclBinding right, String topic) {
    return right.pattern().resourceType() == ResourceType.TOPIC
        && right.pattern().name().equals(topic);
  }

  private static String operation(AclBinding right) {
    var name = right.entry().operation().name();
    return name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT);
  }

  /// As in the table of rights.
  private static String words(AclBinding right) {
    return AclPlan.words(right).replace("topic `", "`");
  }

  private static String grantsTo(ClusterRole role) {
    return "%s=User:%s".formatted(role.option(), role.word());
  }

  private static Set<AclBinding> rights(ClusterRole role) {
    return AclPlan.wished(
        TOPICS,
        "ssh.",
        StreamsSettings.DEFAULT_APPLICATION_ID,
        Map.of(role, Set.of("User:" + role.word())));
  }

  private void grant(Collection<AclBinding> rights) {
    try {
      admin.createAcls(rights).all().get();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private void revoke(Collection<AclBinding> rights) {
    try {
      admin.deleteAcls(rights.stream().map(AclBinding::toFilter).toList()).all().get();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private Finding doctor(ClusterRole role) throws IOException {
    return ClusterChecks.run(configuration(role.word(), ""), Optional.of(role)).stream()
        .filter(finding -> finding.what().startsWith("rights: "))
        .findFirst()
        .orElseThrow();
  }

  private Tool.Result run(ClusterRole role, List<String> command) throws IOException {
    var arguments = new ArrayList<>(command);
    arguments.add("--config=" + configure(role.word(), ""));
    return new Tool(LAUNCHER)
        .run(
            directory,
            Map.of("HALFSECOND_JAVA_HOME", System.getProperty("java.home")),
            arguments.toArray(String[]::new));
  }

  private Program program(ClusterRole role) throws IOException {
    var http = "127.0.0.1:" + Daemon.freePort();
    boolean collects = role == ClusterRole.COLLECTOR;
    var own =
        """
        %s:
          http: %s
          state-directory: %s
        """
            .formatted(
                collects ? "collector" : "stream",
                http,
                Files.createTempDirectory(directory, role.word()));
    if (collects) {
      own +=
          """
            kernel: false
            log-file: %s
            probe: false
            self-test: false
            inventory: false
            heartbeat: 1s
          """
              .formatted(directory.resolve("auth.log"));
    }
    return Program.halfsecond(
        List.of(),
        Files.createTempFile(directory, role.word(), ".log"),
        http,
        List.of(collects ? "collect" : "stream", "--config=" + configure(role.word(), own)));
  }

  private Configuration configuration(String user, String own) throws IOException {
    return Configuration.load(Optional.of(configure(user, own)), Map.of(), Map.of());
  }

  private Path configure(String user, String own) throws IOException {
    var jaas = directory.resolve(user + ".jaas");
    if (!Files.exists(jaas)) {
      SecretFile.create(jaas, SecuredBroker.jaas(user).getBytes(UTF_8));
    }
    return Files.writeString(
        directory.resolve(user + (own.isEmpty() ? "" : "-program") + ".yaml"),
        broker.asUser(jaas)
            + "topics: {prefix: ssh., partitions: 2, replication-factor: 1}\n"
            + own);
  }
}
