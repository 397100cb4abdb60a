package io.halfsecond.deploy.doctor;

import io.halfsecond.collector.sshd.ListeningProgram;
import io.halfsecond.collector.sshd.SshdListener;
import io.halfsecond.collector.sshd.SshdListener.Unwatched;
import io.halfsecond.collector.sshd.SshdListeners;
import io.halfsecond.collector.sshd.SshdPrograms;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/// Checks which ssh servers of a host are watched, and which are not.
///
/// **Guarantees** at most one connection to each socket, and none to a socket of a watched sshd.
final class SshServerChecks {
  /// Servers that their name gives away, so that no connection is needed.
  private static final Set<String> OTHERS = Set.of("dropbear", "dropbearmulti", "tinysshd", "lshd");

  private static final int INIT = 1;

  /// An ssh server that does not belong to a watched listener.
  ///
  /// @param says its identification string; empty if it was not asked
  private record Server(ListeningProgram program, Optional<String> says) {
    boolean isOpenSsh() {
      return says.filter(text -> text.contains("OpenSSH")).isPresent();
    }

    /// The socket of a service manager that starts a server for each connection, or with the first.
    boolean activated() {
      return program.pid().orElse(0) == INIT;
    }

    String text() {
      var address = program.address();
      return "%s at %s:%d%s"
          .formatted(
              program.pid().isPresent()
                  ? "%s (pid %d)".formatted(program.name(), program.pid().getAsInt())
                  : "a server",
              address.getHostString(),
              address.getPort(),
              says.map(" (%s)"::formatted).orElse(""));
    }
  }

  private final Host host;
  private final String command;
  private final SshdListeners listeners;
  private final List<Server> servers;

  /// @param command what the command line of a watched sshd contains
  /// @param greeting asks a server who it is; empty if none may be asked
  SshServerChecks(Host host, String command, Optional<SshGreeting> greeting)
      throws InterruptedException {
    this.host = host;
    this.command = command;
    this.listeners = new SshdListeners(host.path("/proc"), command);
    this.servers = servers(greeting);
  }

  /// The watched listeners.
  List<SshdListener> watched() {
    return listeners.watched();
  }

  /// Where a service manager listens for an sshd that it starts.
  Optional<InetSocketAddress> activated() {
    return servers.stream()
        .filter(server -> server.activated() && server.isOpenSsh())
        .map(server -> server.program().address())
        .findFirst();
  }

  List<Finding> run() {
    var findings = new ArrayList<Finding>();
    findings.add(sshd());
    listeners.unwatched().forEach((listener, why) -> findings.add(unwatched(listener, why)));
    servers.stream()
        .filter(server -> !(server.activated() && server.isOpenSsh()))
        .map(
            server ->
                Finding.warn(
                    "ssh server: " + server.text() + " is not watched",
                    "logins through it are not measured: Halfsecond knows OpenSSH's sshd only",
                    "stop it if nobody needs it"))
        .forEach(findings::add);
    return findings;
  }

  private Finding sshd() {
    var watched = listeners.watched();
    var text =
        watched.stream()
            .map(SshServerChecks::named)
            .collect(Collectors.joining(", ", "sshd: ", ""));
    if (watched.size() > 1) {
      return Finding.warn(
          text + " are measured as one",
          "what is usual for one may hide what is not for the other",
          "if they differ, set collector.sshd-command to a text that only one command line"
              + " contains");
    }
    if (watched.size() == 1) {
      return Finding.ok(text);
    }
    if (activated().isPresent()) {
      return Finding.ok(
          "sshd: started for each connection at %s:%d"
              .formatted(activated().get().getHostString(), activated().get().getPort()));
    }
    if (!command.isEmpty()) {
      return Finding.fail(
          "sshd: no sshd of root's has \"%s\" on its command line".formatted(command),
          "nothing is measured",
          "correct collector.sshd-command, or start that sshd");
    }
    return SshdPrograms.paths(SshdPrograms.SSHD)
        .map(Path::toString)
        .filter(path -> Files.exists(host.path(path)))
        .findFirst()
        .map(
            path ->
                Finding.warn(
                    "sshd: " + path + " is installed, but not running",
                    "nothing is measured until it runs",
                    "nothing to do if it is started per connection (ssh.socket)"))
        .orElse(
            Finding.fail(
                "sshd: neither running nor installed",
                "there is nothing to measure",
                "install openssh-server, or leave this host out"));
  }

  private static String named(SshdListener listener) {
    return "%s (pid %d)"
        .formatted(
            listener.executable().map(Path::toString).orElse(SshdPrograms.SSHD), listener.pid());
  }

  private static Finding unwatched(SshdListener listener, Unwatched why) {
    var what = "sshd: %s is not watched: ".formatted(named(listener));
    return switch (why) {
      case OF_A_USER ->
          Finding.warn(
              what + "it is not root's",
              "logins through it are not measured; they can be its own user's only",
              "stop it if that user should run none");
      case IN_A_CONTAINER ->
          Finding.warn(
              what + "it runs in a container",
              "logins to containers are not measured",
              "a collector in the container can read its log, with collector.kernel: false");
      case OTHER_COMMAND ->
          Finding.ok(what + "its command line does not contain collector.sshd-command");
    };
  }

  private List<Server> servers(Optional<SshGreeting> greeting) throws InterruptedException {
    var watched = listeners.watched().stream().map(SshdListener::pid).collect(Collectors.toSet());
    listeners.unwatched().keySet().forEach(listener -> watched.add(listener.pid()));
    var questions = new ArrayList<Callable<Optional<Server>>>();
    for (var program : ListeningProgram.all(host.path("/proc"))) {
      if (program.pid().isEmpty() || !watched.contains(program.pid().getAsInt())) {
        questions.add(() -> ask(program, greeting));
      }
    }
    var found = new ArrayList<Server>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var answer : threads.invokeAll(questions)) {
        answer.get().ifPresent(found::add);
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
    return found;
  }

  private Optional<Server> ask(ListeningProgram program, Optional<SshGreeting> greeting) {
    if (isKnown(program)) {
      return Optional.of(new Server(program, Optional.empty()));
    }
    return greeting
        .filter(_ -> mayBeAsked(program))
        .flatMap(each -> each.of(program.address()))
        .map(says -> new Server(program, Optional.of(says)))
        // Without root nobody knows whose it is: most likely the watched sshd's.
        .filter(
            server ->
                program.pid().isPresent() || listeners.watched().isEmpty() || !server.isOpenSsh());
  }

  /// By its name, or by that of the program which a super-server starts.
  private static boolean isKnown(ListeningProgram program) {
    return OTHERS.contains(program.name())
        || OTHERS.stream()
            .anyMatch(name -> List.of(program.commandLine().split("[ /]", -1)).contains(name));
  }

  /// A connection to a socket of init's starts the service behind it. So only those are asked that
  /// are likely to be for ssh: ports 22, 2222, 10022 and the like.
  private static boolean mayBeAsked(ListeningProgram program) {
    return program.pid().orElse(0) != INIT || program.address().getPort() % 100 == 22;
  }
}
