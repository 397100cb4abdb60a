package io.halfsecond.deploy.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.halfsecond.collector.emit.PseudonymSettings;
import io.halfsecond.collector.emit.Pseudonyms;
import io.halfsecond.deploy.sessions.ConnectionRecord;
import io.halfsecond.deploy.sessions.KnownConnection;
import io.halfsecond.schemas.AuthTiming;
import io.halfsecond.schemas.OpenedSession;
import io.halfsecond.schemas.Outcome;
import io.halfsecond.schemas.SessionCpu;
import io.halfsecond.schemas.StartedProgram;
import io.halfsecond.schemas.UserClass;
import io.halfsecond.streams.telemetry.Witness;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Some two hundred connections of every kind to a real sshd: the records, added up, are what the
/// clients did.
class SessionRecordIT {
  private static final Logger LOG = LoggerFactory.getLogger(SessionRecordIT.class);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /// More than are looked at.
  private static final int MANY = 300;

  private static final int MASTERS = 10;

  private static final String ROOT = "root";

  /// The shell does not replace itself by the last program.
  private static final String THEN = "; :";

  private final Map<String, Long> starts = new TreeMap<>();
  private final Map<Outcome, Long> outcomes = new EnumMap<>(Outcome.class);
  private final Map<String, Long> users = new TreeMap<>();
  private long sessions;
  private long byKey;

  @SuppressWarnings("NullAway.Init") // set first in the test
  private Bench bench;

  @AfterEach
  void stop() throws Exception {
    bench.close();
  }

  /// Counts what a client has done.
  private void did(Outcome outcome, String user, String... programs) {
    outcomes.merge(outcome, 1L, Long::sum);
    if (!user.isEmpty()) {
      users.merge(user, 1L, Long::sum);
    }
    if (outcome == Outcome.ACCEPTED && programs.length > 0) {
      sessions++;
    }
    for (var program : programs) {
      starts.merge(program, 1L, Long::sum);
    }
  }

  private void logIn(
      Clients clients, String user, List<String> options, String command, String... programs)
      throws Exception {
    assertThat(clients.ssh(clients.sshd().goodKey(), user, options, command)).isZero();
    did(Outcome.ACCEPTED, user, programs);
    byKey++;
  }

  private void clients(Clients clients, String tool) throws Exception {
    var sshd = clients.sshd();
    for (int i = 0; i < 10; i++) {
      // What else root's shell starts is this machine's affair.
      logIn(clients, ROOT, List.of(), "/bin/ls" + THEN);
      sessions++;
    }
    for (int i = 0; i < 60; i++) {
      logIn(clients, "alice", List.of(), "/bin/ls" + THEN, "sh", "ls");
    }
    for (int i = 0; i < 20; i++) {
      logIn(
          clients,
          "alice",
          List.of(),
          "/bin/ls | (/usr/bin/id; /usr/bin/id); " + tool + THEN,
          "sh",
          "ls",
          "id",
          "id",
          "tool");
    }
    for (int i = 0; i < 2; i++) {
      logIn(
          clients,
          "alice",
          List.of(),
          "for i in $(seq %d); do /bin/true; done".formatted(MANY),
          "sh");
      starts.merge("seq", 1L, Long::sum);
      starts.merge("true", (long) MANY, Long::sum);
    }
    for (int i = 0; i < MASTERS; i++) {
      master(clients, i);
    }
    for (int i = 0; i < 10; i++) {
      clients.ssh(
          sshd.goodKey(),
          "alice",
          List.of("-N", "-o", "PermitLocalCommand=yes", "-o", "LocalCommand=kill $PPID"));
      did(Outcome.ACCEPTED, "alice");
      byKey++;
    }
    for (int i = 0; i < 8; i++) {
      assertThat(clients.type(SshdInNamespace.PASSWORD, "password", "alice", "/bin/ls" + THEN))
          .isZero();
      did(Outcome.ACCEPTED, "alice", "sh", "ls");
    }
    for (int i = 0; i < 25; i++) {
      clients.ssh(sshd.badKey(), "alice", List.of(), "true");
      did(Outcome.FAILED, "alice");
    }
    for (int i = 0; i < 15; i++) {
      clients.ssh(sshd.badKey(), "nonexistent", List.of(), "true");
      did(Outcome.FAILED, "nonexistent");
    }
    for (int i = 0; i < 20; i++) {
      clients.connect().close();
      clients.say("GET / HTTP/1.1\r\n\r\n");
      did(Outcome.NO_PREAUTH, "");
      did(Outcome.NO_PREAUTH, "");
    }
  }

  /// Three sessions over one connection.
  private void master(Clients clients, int number) throws Exception {
    var control = "ControlPath=" + clients.sshd().directory().resolve("master-" + number);
    var master =
        clients.start(
            Duration.ZERO,
            clients.sshd().goodKey(),
            "alice",
            List.of("-M", "-o", control),
            "/bin/sleep 60" + THEN);
    try {
      clients.over(control, "alice", "/bin/ls" + THEN);
      clients.over(control, "alice", "/usr/bin/id" + THEN);
    } finally {
      Commands.end(master.toHandle());
    }
    did(Outcome.ACCEPTED, "alice", "sh", "sleep", "sh", "ls", "sh", "id");
    sessions += 2;
    byKey++;
  }

  @Test
  void should_record_all_that_clients_do_and_nothing_else() throws Exception {
    // given
    bench = Bench.prepare();
    var sshd =
        bench.later(
            SshdInNamespace.start(
                bench.workspace().make("sshd"), SshdInNamespace.program("sbin/sshd"), "VERBOSE"));
    var collector = bench.collect(sshd);
    var tool = Files.createDirectory(sshd.directory().resolve("alice")).resolve("tool");
    Files.copy(Path.of("/bin/true"), tool);
    for (var each : List.of(tool.getParent(), tool)) {
      Files.setPosixFilePermissions(each, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    // when
    int connections;
    try (var clients = new Clients(sshd)) {
      clients(clients, tool.toString());
      sshd.awaitIdle();
      connections = clients.peers().size();
    }
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                collector.collector().connections().closed() >= connections
                    && bench.read(Backend.TOPICS.sessionCpu()).size() >= connections);

    // then
    var record = new ConnectionRecord(Optional.empty());
    bench.read(Backend.TOPICS.authTiming()).forEach(record::add);
    bench.read(Backend.TOPICS.sessionCpu()).forEach(record::add);
    LOG.info("{}", record.tally().text());
    checkConnections(record, connections);
    checkSessions(record.connections());
    assertThat(record.connections().toString())
        .doesNotContain("alice", "nonexistent", "127.77", "SHA256");
  }

  private void checkConnections(ConnectionRecord record, long connections) {
    var pseudonyms = Pseudonyms.open(PseudonymSettings.defaults(), bench.stateDirectory());
    var tally = record.tally();
    assertThat(connections)
        .as("what the clients did")
        .isEqualTo(outcomes.values().stream().mapToLong(Long::longValue).sum());
    assertThat(tally.connections()).isEqualTo(connections);
    assertThat(tally.byWitness()).doesNotContainKeys(Witness.KERNEL_ALONE, Witness.LOG_ALONE);
    assertThat(tally.open() + tally.incomplete() + tally.undecided()).isZero();
    var decided = record.connections().stream().map(each -> each.decided().orElseThrow()).toList();
    assertThat(count(decided.stream().map(AuthTiming::getOutcome).toList()))
        .isEqualTo(count(outcomes));
    users.forEach(
        (user, count) ->
            assertThat(decided)
                .as(user)
                .filteredOn(each -> each.getUserPseudonym().equals(pseudonyms.of(user)))
                .hasSize(Math.toIntExact(count)));
    var keys = decided.stream().flatMap(each -> each.getKeyPseudonym().stream()).toList();
    assertThat(keys).hasSize(Math.toIntExact(byKey));
    assertThat(keys.stream().distinct()).as("all have the same key").hasSize(1);
  }

  private static Map<String, Long> count(List<Outcome> all) {
    var counts = new TreeMap<String, Long>();
    all.forEach(each -> counts.merge(each.name(), 1L, Long::sum));
    return counts;
  }

  private static Map<String, Long> count(Map<Outcome, Long> all) {
    var counts = new TreeMap<String, Long>();
    all.forEach((outcome, count) -> counts.put(outcome.name(), count));
    return counts;
  }

  private void checkSessions(List<KnownConnection> connections) {
    var ended = connections.stream().map(each -> each.ended().orElseThrow()).toList();
    var opened = ended.stream().flatMap(each -> each.getOpenedSessions().stream()).toList();
    assertThat(ended.stream().mapToLong(SessionCpu::getSessions).sum()).isEqualTo(sessions);
    assertThat(opened).hasSize(Math.toIntExact(sessions));
    assertThat(opened).allMatch(OpenedSession::getComplete);
    assertThat(opened)
        .as("what a master leaves asleep outlives the connection")
        .filteredOn(session -> session.getWallNanos().isEmpty())
        .hasSize(MASTERS);
    for (var each : ended) {
      for (var session : each.getOpenedSessions()) {
        assertThat(session.getStartedAt()).isAfter(each.getConnectedAt());
        session
            .getWallNanos()
            .ifPresent(wall -> assertThat(wall).isBetween(0L, each.getWallNanos()));
      }
    }

    var found = new TreeMap<String, Long>();
    var paths = new ArrayList<String>();
    long further = 0;
    for (var session : of(ended, false)) {
      for (StartedProgram program : session.getPrograms()) {
        found.merge(name(program.getPath()), (long) program.getStarts(), Long::sum);
        paths.add(program.getPath());
      }
      further += session.getFurtherStarts();
    }
    assertThat(of(ended, true))
        .isNotEmpty()
        .allSatisfy(
            session ->
                assertThat(session.getPrograms())
                    .extracting(program -> name(program.getPath()))
                    .contains("sh", "ls"));
    LOG.info("{}, further {}; {}", found, further, paths.stream().distinct().toList());
    assertThat(paths).filteredOn(path -> path.startsWith("/")).isNotEmpty();
    assertThat(paths)
        .filteredOn(path -> path.contains("/") && name(path).equals("tool"))
        .allMatch(path -> path.endsWith("/~/tool"));
    // Of the sessions that start very many, some are counted only.
    assertThat(further).isPositive();
    found.merge("true", further, Long::sum);
    assertThat(found).isEqualTo(starts);
  }

  /// The sessions of root, or those of others.
  private static List<OpenedSession> of(List<SessionCpu> ended, boolean root) {
    return ended.stream()
        .filter(each -> root == (each.getUserClass() == UserClass.ROOT))
        .flatMap(each -> each.getOpenedSessions().stream())
        .toList();
  }

  private static String name(String path) {
    var name = path.substring(path.lastIndexOf('/') + 1);
    // What /bin/sh is, by the name of its file.
    return List.of("dash", "bash").contains(name) ? "sh" : name;
  }
}
