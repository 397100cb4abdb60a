package io.halfsecond.deploy.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.halfsecond.collector.emit.ExpectedNetworks;
import io.halfsecond.collector.emit.ExposureSettings;
import io.halfsecond.collector.inventory.InventorySettings;
import io.halfsecond.collector.registry.SourceSettings;
import io.halfsecond.collector.source.kernel.KernelSettings;
import io.halfsecond.collector.source.log.LogSettings;
import io.halfsecond.schemas.AuthTiming;
import io.halfsecond.schemas.Evidence;
import io.halfsecond.schemas.Outcome;
import io.halfsecond.schemas.SourceNetwork;
import io.halfsecond.schemas.Statement;
import io.halfsecond.schemas.TamperEvidence;
import io.halfsecond.schemas.TamperFact;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a real collector finds of tampering with a real sshd and its log.
class TamperingIT {
  private static final Logger LOG = LoggerFactory.getLogger(TamperingIT.class);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int SCENARIOS_BETWEEN_ROTATIONS = 37;

  @SuppressWarnings("NullAway.Init") // set first in each test
  private Bench bench;

  @AfterEach
  void stop() throws Exception {
    bench.close();
  }

  @Test
  void should_find_a_library_that_a_private_mount_hides_and_that_it_is_gone() throws Exception {
    // given
    bench = Bench.prepare(Duration.ofSeconds(20));
    var sshd = bench.sshd();
    var slow =
        SlowLiblzma.build(bench.workspace().make("slow"), sshd.executable(), Duration.ofMillis(5));
    sshd.start(Map.of());
    bench.collect(false, Optional.of(InventorySettings.defaults()));
    await().atMost(PATIENCE).until(() -> !found("hidden-object").isEmpty());
    assertThat(found("hidden-object").getFirst())
        .satisfies(
            clean -> {
              assertThat(clean.getFacts()).isEmpty();
              assertThat(clean.getComplete()).isTrue();
            });
    var clean =
        bench.read(Backend.TOPICS.hostFingerprint()).getLast().getObjects().stream()
            .filter(object -> object.getPath().contains("liblzma"))
            .findFirst()
            .orElseThrow();

    // when
    sshd.stop();
    var listener =
        InventoryIT.showing(slow.directory().resolve("liblzma.so.5"), clean.getPath(), sshd);
    bench.later(() -> Commands.end(listener.toHandle()));

    // then: the mount is the listener's, and the library that it hides is named
    await().atMost(PATIENCE).until(() -> !facts("hidden-object").isEmpty());
    assertThat(facts("hidden-object"))
        .singleElement()
        .satisfies(
            fact -> {
              assertThat(fact.getObject()).isEqualTo(clean.getPath());
              assertThat(fact.getStatements())
                  .extracting(Statement::getText)
                  .last()
                  .isEqualTo("another file is there: a mount shows this one to sshd alone");
            });

    // when
    Commands.end(listener.toHandle());
    sshd.start(Map.of());

    // then
    await().atMost(PATIENCE).until(() -> facts("hidden-object").isEmpty());
  }

  /// The log is truncated, and everything that one login has it say is lost.
  @Test
  void should_find_the_one_login_whose_lines_are_withheld_and_no_other() throws Exception {
    // given
    bench = Bench.prepare();
    var sshd =
        bench.later(
            SshdInNamespace.start(
                bench.workspace().make("sshd"), SshdInNamespace.program("sbin/sshd"), "INFO"));
    collect(sshd, Optional.of(LogSettings.ofFile(sshd.log())));
    try (var clients = new Clients(sshd)) {
      var refused = clients.start(Duration.ZERO, sshd.badKey(), "nonexistent", List.of(), "true");
      login(clients, "root");
      Clients.await(refused);

      // when
      sshd.withholdLines(true);
      login(clients, "alice");
      sshd.awaitIdle();
      sshd.withholdLines(false);
      // What was written within ten seconds may be lost with a truncation.
      Thread.sleep(Duration.ofSeconds(11));
      Files.write(sshd.log(), new byte[0], StandardOpenOption.TRUNCATE_EXISTING);
      login(clients, "carol");
      var copied = Files.copy(sshd.log(), sshd.log().resolveSibling("auth.log.1"));
      Files.write(sshd.log(), new byte[0], StandardOpenOption.TRUNCATE_EXISTING);
      login(clients, "alice");
      sshd.rotateLog(copied.resolveSibling("auth.log.2"));
      login(clients, "root");

      // then
      await().atMost(PATIENCE).until(() -> !found("unlogged").isEmpty());
    }
    // The lines of a later one may be lost with a truncation, too.
    var withheld =
        bench.read(Backend.TOPICS.authTiming()).stream()
            .filter(timing -> timing.getOutcome() == Outcome.ACCEPTED)
            .sorted(Comparator.comparing(AuthTiming::getConnectedAt))
            .toList()
            .get(1);
    assertThat(withheld.getEvidence()).isEqualTo(Evidence.KERNEL);
    assertThat(found("unlogged"))
        .singleElement()
        .satisfies(
            evidence -> {
              assertThat(evidence.getComplete()).isFalse();
              assertThat(evidence.getFacts())
                  .singleElement()
                  .satisfies(
                      fact ->
                          assertThat(fact.getStatements().getFirst().getText())
                              .contains("let somebody in", withheld.getId()));
            });
    assertThat(bench.read(Backend.TOPICS.evidence()))
        .filteredOn(evidence -> !evidence.getRule().equals("unlogged"))
        .allSatisfy(evidence -> assertThat(evidence.getFacts()).isEmpty());
  }

  /// A PAM module that runs a shell as root for each account that it is asked about.
  private static final String MODULE =
      """
      #include <sys/wait.h>
      #include <unistd.h>
      int pam_sm_acct_mgmt(void *handle, int flags, int count, const char **words) {
        pid_t child = fork();
        if (child == 0) {
          execl("/bin/sh", "sh", "-c", "sleep 0.2", (char *) 0);
          _exit(1);
        }
        waitpid(child, 0, 0);
        return 25; /* PAM_IGNORE */
      }
      """;

  @Test
  void should_find_a_shell_that_a_pam_module_runs_before_authentication() throws Exception {
    // given
    bench = Bench.prepare();
    var directory = bench.workspace().make("sshd");
    var module = Files.writeString(directory.resolve("module.c"), MODULE);
    Commands.run(
        List.of(
            "gcc",
            "-shared",
            "-fPIC",
            "-o",
            directory.resolve("module.so").toString(),
            module.toString()));
    Files.writeString(
        directory.resolve("pam"),
        "account optional %s%n%s"
            .formatted(
                directory.resolve("module.so"), Files.readString(Path.of("/etc/pam.d/sshd"))));
    var sshd =
        bench.later(SshdInNamespace.start(directory, SshdInNamespace.program("sbin/sshd"), "INFO"));
    collect(sshd, Optional.empty());

    // when
    try (var clients = new Clients(sshd)) {
      login(clients, "alice");
    }

    // then
    await().atMost(PATIENCE).until(() -> !found("early-exec").isEmpty());
    assertThat(found("early-exec"))
        .singleElement()
        .satisfies(
            evidence -> {
              LOG.info("told {}: {}", evidence.getAt(), evidence.getFacts());
              assertThat(evidence.getFacts())
                  .singleElement()
                  .satisfies(
                      fact -> {
                        assertThat(fact.getObject())
                            .isEqualTo(Path.of("/bin/sh").toRealPath().toString());
                        assertThat(fact.getStatements().get(1).getText())
                            .matches("sshd\\S* \\d+ → .*sh \\d+");
                      });
            });
  }

  /// The variable is in the environment of the listener, and of each connection when it begins.
  @Test
  void should_find_a_variable_of_the_loader_in_the_environment_of_sshd_until_it_is_gone()
      throws Exception {
    // given
    bench = Bench.prepare(Duration.ofSeconds(20));
    var sshd = bench.sshd();
    sshd.start(Map.of());
    bench.collect(false, Optional.empty());
    sshd.stop();

    // when
    sshd.start(Map.of("LD_BIND_NOW", "1"));

    // then
    await().atMost(PATIENCE).until(() -> !found("loader-variable").isEmpty());
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(facts("loader-variable"))
                    .extracting(TamperFact::getObject)
                    .containsExactly("LD_BIND_NOW=1"));

    // when
    sshd.stop();
    sshd.start(Map.of());

    // then
    await().atMost(PATIENCE).until(() -> facts("loader-variable").isEmpty());
  }

  @Test
  void should_find_a_login_from_outside_the_expected_networks() throws Exception {
    // given
    bench = Bench.prepare();
    bench.expect(new ExposureSettings(ExpectedNetworks.parse("192.0.2.0/24"), true));
    var sshd =
        bench.later(
            SshdInNamespace.start(
                bench.workspace().make("sshd"), SshdInNamespace.program("sbin/sshd"), "INFO"));
    collect(sshd, Optional.of(LogSettings.ofFile(sshd.log())));

    // when
    try (var clients = new Clients(sshd)) {
      clients.ssh(clients.sshd().badKey(), "alice", List.of(), "true");
      login(clients, "alice");
    }

    // then
    await().atMost(PATIENCE).until(() -> !found("exposure").isEmpty());
    await().atMost(PATIENCE).until(() -> bench.read(Backend.TOPICS.authTiming()).size() == 2);
    assertThat(bench.read(Backend.TOPICS.authTiming()))
        .extracting(AuthTiming::getSourceNetwork)
        .containsExactly(SourceNetwork.OUTSIDE, SourceNetwork.OUTSIDE);
    var source = bench.read(Backend.TOPICS.authTiming()).getLast().getSourcePseudonym();
    assertThat(facts("exposure"))
        .extracting(TamperFact::getObject)
        .containsExactly("source " + source.orElseThrow());
  }

  private void collect(SshdInNamespace sshd, Optional<LogSettings> log) throws Exception {
    var command = sshd.config().toString();
    bench.collect(
        command,
        new SourceSettings(
            Optional.of(KernelSettings.defaults().withCommandLine(command)), log, Optional.empty()),
        Optional.empty());
  }

  /// As long as connections are ordinary, nothing is found, however the log is rotated.
  @Test
  @Tag("soak")
  void should_find_nothing_where_clients_are_ordinary() throws Exception {
    // given
    bench = Bench.prepare();
    var sshd =
        bench.later(
            SshdInNamespace.start(
                bench.workspace().make("sshd"), SshdInNamespace.program("sbin/sshd"), "INFO"));
    collect(sshd, Optional.of(LogSettings.ofFile(sshd.log())));
    int wanted = Integer.getInteger("halfsecond.connections", 1_000);

    // when
    int connections = 0;
    int rotations = 0;
    for (int run = 0; connections < wanted; run++) {
      try (var clients = new Clients(sshd)) {
        SshdScenario.ALL.get(run % SshdScenario.ALL.size()).run(clients);
        sshd.awaitIdle();
        connections += clients.peers().size();
      }
      // Seldom: what is near to a rotation is not judged.
      if (run % SCENARIOS_BETWEEN_ROTATIONS == 0) {
        rotations++;
        var old = sshd.log().resolveSibling("auth.log." + rotations);
        if (rotations % 2 == 0) {
          sshd.rotateLog(old);
        } else {
          Files.copy(sshd.log(), old);
          Files.write(sshd.log(), new byte[0], StandardOpenOption.TRUNCATE_EXISTING);
        }
      }
    }
    crowd(sshd);
    // A control, and what is judged after it.
    try (var clients = new Clients(sshd)) {
      login(clients, "alice");
    }
    Thread.sleep(Duration.ofSeconds(15));

    // then
    LOG.info("{} connections, {} rotations", connections, rotations);
    assertThat(bench.read(Backend.TOPICS.authTiming())).hasSizeGreaterThanOrEqualTo(connections);
    assertThat(bench.read(Backend.TOPICS.evidence()))
        .allSatisfy(evidence -> assertThat(evidence.getFacts()).isEmpty());
  }

  /// More clients at once than MaxStartups lets in. What is dropped has no process.
  private static void crowd(SshdInNamespace sshd) throws Exception {
    var sockets = new ArrayList<Socket>();
    try (var clients = new Clients(sshd)) {
      for (int i = 0; i < SshdInNamespace.MAX_STARTUPS + 30; i++) {
        sockets.add(clients.connect());
      }
      await().atMost(PATIENCE).until(() -> Files.readString(sshd.log()).contains("MaxStartups"));
    } finally {
      for (var socket : sockets) {
        socket.close();
      }
    }
    sshd.awaitIdle();
  }

  private static void login(Clients clients, String user) throws Exception {
    assertThat(clients.ssh(clients.sshd().goodKey(), user, List.of(), "true")).isZero();
  }

  private List<TamperEvidence> found(String rule) {
    return bench.read(Backend.TOPICS.evidence()).stream()
        .filter(evidence -> evidence.getRule().equals(rule))
        .toList();
  }

  /// Of the newest record of a rule.
  private List<TamperFact> facts(String rule) {
    return found(rule).getLast().getFacts();
  }
}
