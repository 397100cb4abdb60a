package io.halfsecond.deploy.demo;

import static io.halfsecond.deploy.demo.ConnectionFacts.accepted;
import static io.halfsecond.deploy.demo.ConnectionFacts.failed;
import static io.halfsecond.deploy.demo.ConnectionFacts.unnamed;

import io.halfsecond.deploy.demo.ConnectionFacts.Reached;
import io.halfsecond.deploy.demo.SshdInNamespace.Version;
import io.halfsecond.schemas.Method;
import io.halfsecond.schemas.Outcome;
import io.halfsecond.schemas.UserClass;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/// What clients do to sshd, and what must be told of each connection. A row of the table holds for
/// every version unless it asks for the version: sshd itself differs there.
///
/// @param title for people
/// @param action what clients do
/// @param facts what must be told of the connections, in the order in which they begin
record SshdScenario(String title, Action action, Function<Version, List<ConnectionFacts>> facts) {
  private static final ConnectionFacts BY_KEY = accepted(Method.PUBLICKEY, "alice", 1);
  private static final AtomicInteger MASTERS = new AtomicInteger();
  private static final ConnectionFacts REFUSED_KEY = failed(Method.PUBLICKEY, "alice");
  private static final ConnectionFacts UNKNOWN_USER =
      failed(Method.UNKNOWN, UserClass.INVALID, "nonexistent");

  static final List<SshdScenario> ALL =
      List.of(
          new SshdScenario(
              "login by key",
              clients -> clients.ssh(clients.sshd().goodKey(), "alice", List.of(), "true"),
              BY_KEY),
          new SshdScenario(
              "login by password",
              clients -> clients.type(SshdInNamespace.PASSWORD, "password", "alice", "true"),
              accepted(Method.PASSWORD, "alice", 1)),
          new SshdScenario(
              "login by keyboard-interactive",
              clients ->
                  clients.type(SshdInNamespace.PASSWORD, "keyboard-interactive", "alice", "true"),
              accepted(Method.KEYBOARD_INTERACTIVE, "alice", 1)),
          new SshdScenario(
              "login by certificate",
              clients ->
                  clients.ssh(clients.sshd().certificate("alice"), "alice", List.of(), "true"),
              BY_KEY),
          new SshdScenario(
              "login by AuthorizedKeysCommand",
              clients -> clients.ssh(clients.sshd().goodKey(), "carol", List.of(), "true"),
              accepted(Method.PUBLICKEY, "carol", 1)),
          new SshdScenario(
              "login of root",
              clients -> clients.ssh(clients.sshd().goodKey(), "root", List.of(), "true"),
              accepted(Method.PUBLICKEY, "root", 1)),
          new SshdScenario(
              "three sessions over one connection",
              clients -> master(clients, "alice"),
              accepted(Method.PUBLICKEY, "alice", 3)),
          new SshdScenario(
              "three sessions of root's over one connection",
              clients -> master(clients, "root"),
              accepted(Method.PUBLICKEY, "root", 3)),
          new SshdScenario(
              "login without a session (ssh -N)",
              // The command that ssh runs once it is logged in ends it.
              clients ->
                  clients.ssh(
                      clients.sshd().goodKey(),
                      "alice",
                      List.of(
                          "-N", "-o", "PermitLocalCommand=yes", "-o", "LocalCommand=kill $PPID")),
              accepted(Method.PUBLICKEY, "alice", 0)),
          new SshdScenario(
              "internal-sftp",
              clients -> clients.transfer("sftp", List.of("-b", "/dev/null"), "alice@127.0.0.1"),
              BY_KEY),
          new SshdScenario(
              "scp",
              clients ->
                  clients.transfer(
                      "scp", List.of("-O"), clients.file().toString(), "alice@127.0.0.1:copied"),
              BY_KEY),
          new SshdScenario(
              "refused key",
              clients -> clients.ssh(clients.sshd().badKey(), "alice", List.of(), "true"),
              REFUSED_KEY),
          new SshdScenario(
              "wrong password",
              clients -> clients.type("wrong", "password", "alice", "true"),
              failed(Method.PASSWORD, "alice")),
          new SshdScenario(
              "user who does not exist",
              clients -> clients.ssh(clients.sshd().badKey(), "nonexistent", List.of(), "true"),
              UNKNOWN_USER),
          new SshdScenario(
              "password of a user who does not exist",
              clients -> clients.type("wrong", "password", "nonexistent", "true"),
              failed(Method.PASSWORD, UserClass.INVALID, "nonexistent")),
          new SshdScenario(
              "user refused by DenyUsers",
              clients -> clients.ssh(clients.sshd().goodKey(), "eve", List.of(), "true"),
              failed(Method.UNKNOWN, UserClass.INVALID, "eve")),
          new SshdScenario(
              "too many attempts",
              clients -> clients.ssh(clients.sshd().badKey(), "alice", otherKeys(clients), "true"),
              REFUSED_KEY),
          new SshdScenario(
              "no authentication until LoginGraceTime is over",
              clients -> clients.say("SSH-2.0-Waiting\r\n"),
              unnamed(Outcome.TIMED_OUT, Reached.STARTUP)),
          new SshdScenario(
              "connect and close", clients -> clients.connect().close(), SshdScenario::scan),
          new SshdScenario(
              "connect and reset",
              clients -> {
                var socket = clients.connect();
                // With a linger time of zero, close sends a reset.
                socket.setSoLinger(true, 0);
                socket.close();
              },
              // sshd can no longer ask for the address.
              unnamed(Outcome.NO_PREAUTH, Reached.NOTHING).withoutAddress()),
          new SshdScenario(
              "HTTP request",
              clients -> clients.say("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
              SshdScenario::scan),
          new SshdScenario(
              "banner and close",
              clients -> {
                try (var socket = clients.connect()) {
                  Clients.awaitBanner(socket);
                  Clients.send(socket, "SSH-2.0-Scanner\r\n");
                }
              },
              unnamed(Outcome.NO_PREAUTH, Reached.STARTUP)),
          new SshdScenario(
              "login of a client that sends its banner 2 s late",
              clients ->
                  Clients.await(
                      clients.start(
                          ConnectionFacts.CLIENTS_DELAY,
                          clients.sshd().goodKey(),
                          "alice",
                          List.of(),
                          "true")),
              BY_KEY),
          new SshdScenario(
              "SIGKILL of the monitor before authentication",
              clients -> {
                try (var socket = clients.connect()) {
                  Clients.send(socket, "SSH-2.0-Waiting\r\n");
                  Clients.awaitKeyExchange(socket);
                  clients.sshd().monitor().destroyForcibly();
                }
              },
              unnamed(Outcome.CRASHED, Reached.STARTUP)),
          new SshdScenario(
              "thirty clients at once",
              SshdScenario::thirty,
              _ ->
                  Collections.nCopies(10, List.of(BY_KEY, REFUSED_KEY, UNKNOWN_USER)).stream()
                      .flatMap(List::stream)
                      .toList()));

  /// From 10.3 on there is a preauth child before identifications are exchanged.
  private static List<ConnectionFacts> scan(Version version) {
    var reached = version.atLeast(10, 3) ? Reached.STARTUP : Reached.NOTHING;
    return List.of(unnamed(Outcome.NO_PREAUTH, reached));
  }

  /// What clients do.
  @FunctionalInterface
  interface Action {
    void run(Clients clients) throws Exception;
  }

  SshdScenario(String title, Action action, ConnectionFacts facts) {
    this(title, action, _ -> List.of(facts));
  }

  /// What must be told of its connections, in the order in which they begin.
  List<ConnectionFacts> facts(Version version) {
    return facts.apply(version);
  }

  void run(Clients clients) throws Exception {
    action.run(clients);
  }

  private static void master(Clients clients, String user) throws Exception {
    // A master that is killed leaves its socket behind, and the next one would do without.
    var control =
        "ControlPath=" + clients.sshd().directory().resolve("master-" + MASTERS.incrementAndGet());
    var key = clients.sshd().goodKey();
    var master = clients.start(Duration.ZERO, key, user, List.of("-M", "-o", control), "sleep 60");
    try {
      for (int i = 0; i < 2; i++) {
        clients.over(control, user, "true");
      }
    } finally {
      Commands.end(master.toHandle());
    }
  }

  private static List<String> otherKeys(Clients clients) throws Exception {
    var options = new ArrayList<String>();
    for (int i = 0; i < SshdInNamespace.MAX_AUTH_TRIES; i++) {
      Path key = clients.sshd().newKey();
      options.addAll(List.of("-i", key.toString()));
    }
    return options;
  }

  private static void thirty(Clients clients) throws Exception {
    var running = new ArrayList<Process>();
    try {
      var good = clients.sshd().goodKey();
      var bad = clients.sshd().badKey();
      for (int i = 0; i < 10; i++) {
        running.add(clients.start(Duration.ZERO, good, "alice", List.of(), "true"));
        running.add(clients.start(Duration.ZERO, bad, "alice", List.of(), "true"));
        running.add(clients.start(Duration.ZERO, bad, "nonexistent", List.of(), "true"));
      }
      for (var each : running) {
        Clients.await(each);
      }
    } finally {
      running.forEach(each -> Commands.end(each.toHandle()));
    }
  }
}
