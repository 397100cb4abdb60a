package io.halfsecond.deploy.demo;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.halfsecond.deploy.faults.FaultTable;
import io.halfsecond.deploy.faults.Program;
import io.halfsecond.deploy.ops.Daemon;
import io.halfsecond.schemas.AuthTiming;
import io.halfsecond.schemas.Method;
import io.halfsecond.schemas.Outcome;
import io.halfsecond.schemas.Phase;
import io.halfsecond.schemas.PhaseCpu;
import io.halfsecond.schemas.Role;
import io.halfsecond.schemas.SessionCpu;
import io.halfsecond.schemas.UserClass;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A collector is started again while connections to a real sshd are open. What is still there goes
/// on under its id, and has one end; what is gone is counted.
class RestartFaultsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String UNFOLLOWED = "halfsecond_collector_connections_unfollowed_total";
  private static final String HOST = "it-host";

  private final FaultTable table = FaultTable.ofThisRun();
  private final List<Process> sessions = new ArrayList<>();

  @SuppressWarnings("NullAway.Init") // set first in the test
  private Bench bench;

  @SuppressWarnings("NullAway.Init")
  private SshdInNamespace sshd;

  @SuppressWarnings("NullAway.Init")
  private Program collector;

  @AfterEach
  void stop() throws Exception {
    sessions.forEach(session -> Commands.end(session.toHandle()));
    bench.close();
  }

  @Test
  void should_end_each_session_once_when_the_collector_is_stopped_and_started() throws Exception {
    checkRestart(
        "collector stopped and started while sessions are open: their ends", Program::stop);
  }

  @Test
  void should_end_each_session_once_when_the_collector_is_killed_and_started() throws Exception {
    checkRestart(
        "collector killed (kill -9) and started while sessions are open: their ends",
        Program::kill);
  }

  private void checkRestart(String fault, Consumer<Program> end) throws Exception {
    // given: sessions of a user and of root that stay, a client that authenticates, and two
    // connections that end meanwhile
    bench = Bench.prepare();
    sshd =
        bench.later(
            SshdInNamespace.start(
                bench.workspace().make("sshd"), SshdInNamespace.program("sbin/sshd"), "VERBOSE"));
    collector = bench.later(collector());
    collector.start().await("the collector is ready", collector::ready);
    try (var clients = new Clients(sshd)) {
      var busy = open(clients, "alice", "head -c 200000000 /dev/zero; sleep 300");
      var burned = burned();
      var root = open(clients, "root", "sleep 300");
      var leaving = open(clients, "alice", "sleep 300");
      var authenticating = bench.later(authenticating(clients));
      var left = bench.later(authenticating(clients));
      await("their records").atMost(PATIENCE).until(() -> decided().size() == 3);
      await("what is open is written")
          .atMost(PATIENCE)
          .until(() -> written().size() == 6 && count(written(), " ACCEPTED ") == 3);

      // when
      end.accept(collector);
      Commands.end(leaving.toHandle());
      left.close();
      await("they have ended").atMost(PATIENCE).until(() -> sshd.connections() == 3);
      var started = Instant.now();
      collector.start().await("the collector is ready", collector::ready);
      awaitCounted();
      Commands.end(busy.toHandle());
      Commands.end(root.toHandle());
      authenticating.close();
      sshd.awaitIdle();
      await("their ends").atMost(PATIENCE).until(() -> ended().size() >= 3);

      // then
      check(burned);
      table.add(
          fault,
          new FaultTable.Row(
              5,
              3,
              2,
              0,
              0,
              0,
              bench.read(Backend.TOPICS.sessionCpu()).size() - 3L,
              Duration.between(started, Instant.now())));
    }
  }

  private void check(Duration burned) {
    var decided = decided();
    var ended = ended();
    assertThat(bench.read(Backend.TOPICS.sessionCpu())).as("each once").hasSize(3);
    assertThat(ended.values())
        .allSatisfy(
            end -> {
              assertThat(end.getSeenSince()).isPresent();
              assertThat(end.getComplete()).as("it is not judged").isFalse();
              assertThat(decided).as("the same id as before").containsKey(end.getId());
            });

    var byOutcome = ended.values().stream().collect(Collectors.groupingBy(SessionCpu::getOutcome));
    assertThat(byOutcome.get(Outcome.ACCEPTED))
        .hasSize(2)
        .allSatisfy(
            end -> {
              var before = requireNonNull(decided.get(end.getId()));
              assertThat(before.getSeenSince()).as("told by the run before").isEmpty();
              assertThat(end.getCollector()).isNotEqualTo(before.getCollector());
              assertThat(end.getMethod()).isEqualTo(Method.PUBLICKEY);
              assertThat(end.getUserClass()).isEqualTo(before.getUserClass());
              // The kernel's clock and the wall clock are compared anew by each run.
              assertThat(end.getConnectedAt())
                  .isCloseTo(before.getConnectedAt(), within(1, ChronoUnit.MILLIS));
              assertThat(Duration.ofNanos(end.getSessionNanos().orElseThrow()))
                  .isBetween(Duration.ofSeconds(1), PATIENCE.multipliedBy(4));
              assertThat(end.getSessions()).isOne();
            });
    assertThat(byOutcome.get(Outcome.ACCEPTED))
        .filteredOn(end -> end.getUserClass() == UserClass.VALID)
        .singleElement()
        .satisfies(
            end ->
                assertThat(
                        end.getCpu().stream()
                            .filter(part -> part.getRole() == Role.USER)
                            .filter(part -> part.getPhase() == Phase.SESSION)
                            .mapToLong(PhaseCpu::getCpuNanos)
                            .sum())
                    .as("with what was burned before")
                    .isGreaterThanOrEqualTo(burned.toNanos()));

    assertThat(decided).as("the client that had not authenticated has one, too").hasSize(4);
    assertThat(decided.values())
        .filteredOn(timing -> timing.getSeenSince().isPresent())
        .singleElement()
        .satisfies(
            timing -> {
              assertThat(timing.getOutcome()).isNotEqualTo(Outcome.ACCEPTED);
              assertThat(timing.getComplete()).isFalse();
              assertThat(timing.getStartupNanos()).isEmpty();
              assertThat(timing.getPreauthNanos()).isEmpty();
              assertThat(ended).containsKey(timing.getId());
            });
  }

  /// Until the collector has told what it could not follow.
  private void awaitCounted() {
    collector.await("what has ended is counted", () -> collector.metric(UNFOLLOWED) >= 2);
    for (var stage : List.of("session", "authentication")) {
      assertThat(collector.metric("%s{host=\"%s\",stage=\"%s\"".formatted(UNFOLLOWED, HOST, stage)))
          .as(stage)
          .isEqualTo(1);
    }
    assertThat(collector.said())
        .containsOnlyOnce(
            "3 connection(s) are followed on; 1 session(s) and 1 connection(s) in authentication"
                + " were not");
  }

  private Program collector() throws Exception {
    var http = "127.0.0.1:" + Daemon.freePort();
    var arguments =
        new ArrayList<>(
            List.of("collect", "--set", "kafka.bootstrap.servers=" + bench.startBroker()));
    for (var setting :
        List.of(
            "host=" + HOST,
            "collector.sshd-command=" + sshd.config(),
            "collector.log=file",
            "collector.log-file=" + sshd.log(),
            "collector.probe=false",
            "collector.self-test=false",
            "collector.inventory=false",
            "collector.heartbeat=1s",
            "collector.state-directory=" + state(),
            "collector.http=" + http)) {
      arguments.addAll(List.of("--set", setting));
    }
    return Program.halfsecond(
        List.of(), bench.workspace().directory().resolve("collect.log"), http, arguments);
  }

  private Path state() {
    return bench.stateDirectory();
  }

  private List<String> written() throws IOException {
    var file = state().resolve("open-connections");
    return Files.exists(file) ? Files.readAllLines(file) : List.of();
  }

  private static long count(List<String> lines, String text) {
    return lines.stream().filter(line -> line.contains(text)).count();
  }

  /// Opens a session, and waits until it sleeps.
  private Process open(Clients clients, String user, String command) throws Exception {
    int before = sleepers();
    var session = clients.start(Duration.ZERO, sshd.goodKey(), user, List.of(), command + "; :");
    sessions.add(session);
    await(command).atMost(PATIENCE).until(() -> sleepers() > before);
    return session;
  }

  private int sleepers() {
    return (int)
        sshd.descendants()
            .filter(process -> process.info().command().orElse("").endsWith("/sleep"))
            .count();
  }

  /// The CPU time of the process of sshd's that has used most.
  private Duration burned() {
    var most =
        sshd.descendants()
            .filter(process -> process.info().command().orElse("").contains("sshd"))
            .flatMap(process -> process.info().totalCpuDuration().stream())
            .max(Duration::compareTo)
            .orElseThrow();
    assertThat(most).isGreaterThan(Duration.ofMillis(50));
    return most;
  }

  private static Socket authenticating(Clients clients) throws IOException {
    var socket = clients.connect();
    Clients.send(socket, "SSH-2.0-Waiting\r\n");
    Clients.awaitKeyExchange(socket);
    return socket;
  }

  /// By id: a record may be sent again.
  private Map<String, AuthTiming> decided() {
    return bench.read(Backend.TOPICS.authTiming()).stream()
        .collect(Collectors.toMap(AuthTiming::getId, Function.identity(), (first, _) -> first));
  }

  private Map<String, SessionCpu> ended() {
    return bench.read(Backend.TOPICS.sessionCpu()).stream()
        .collect(Collectors.toMap(SessionCpu::getId, Function.identity(), (first, _) -> first));
  }
}
