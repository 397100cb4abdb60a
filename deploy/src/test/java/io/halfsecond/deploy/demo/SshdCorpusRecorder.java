package io.halfsecond.deploy.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Writes what a real sshd logs, with the truth that the clients know, to the end of the file
/// `halfsecond.sshd.corpus`. `deploy/sshds.sh --record` runs it; it tests nothing.
///
/// A section begins with `== VERSION LEVEL`. A connection begins with `= SCENARIO`, user name,
/// address, port, method, outcome and class of the user, separated by tabs, with `\n`, `\r`, `\t`
/// and `\\` in the name escaped. Its lines follow as the syslog daemon wrote them.
class SshdCorpusRecorder {
  @ParameterizedTest
  @ValueSource(strings = {"INFO", "VERBOSE"})
  void record(String level) throws Exception {
    var version = SshdInNamespace.version(SshdInNamespace.program("bin/ssh"));
    var sshd = SshdInNamespace.program("sbin/sshd");
    var bench = Bench.prepare();
    try {
      var server = bench.later(SshdInNamespace.start(bench.workspace().make("sshd"), sshd, level));
      write("== %s %s\n".formatted(version.name(), level));
      long read = Files.size(server.log());
      for (var scenario :
          Stream.concat(SshdScenario.ALL.stream(), HostileScenarios.all().stream()).toList()) {
        var facts = scenario.facts(version);
        if (facts.size() > 1) {
          continue; // Lines of several connections at once: which is whose only sshd knows.
        }
        try (var clients = new Clients(server)) {
          scenario.run(clients);
          server.awaitIdle();
          write(header(scenario.title(), facts.getFirst(), clients.peers().getFirst()));
        }
        var log = Files.readAllBytes(server.log());
        write(new String(log, (int) read, (int) (log.length - read), StandardCharsets.ISO_8859_1));
        read = log.length;
      }
    } finally {
      bench.close();
    }
  }

  private static String header(String title, ConnectionFacts facts, Clients.Peer peer) {
    var user =
        facts
            .user()
            .replace("\\", "\\\\")
            .replace("\n", "\\n")
            .replace("\r", "\\r")
            .replace("\t", "\\t");
    return String.join(
            "\t",
            List.of(
                "= " + title,
                new String(user.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1),
                peer.address(),
                Integer.toString(peer.port()),
                facts.method().toString(),
                facts.outcome().toString(),
                facts.userClass().toString()))
        + "\n";
  }

  private static void write(String text) throws IOException {
    Files.write(
        Path.of(System.getProperty("halfsecond.sshd.corpus")),
        text.getBytes(StandardCharsets.ISO_8859_1),
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }
}
