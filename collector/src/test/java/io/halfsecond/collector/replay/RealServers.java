package io.halfsecond.collector.replay;

import io.halfsecond.schemas.Method;
import io.halfsecond.schemas.Outcome;
import io.halfsecond.schemas.UserClass;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.zip.GZIPInputStream;

/// The corpus of logs of real servers, in `real-servers.txt.gz`; `real-servers.md` says how it was
/// made.
final class RealServers {
  private static final String FILE = "real-servers.txt.gz";

  /// The log of one server.
  ///
  /// @param name version and LogLevel
  record Log(String name, List<Connection> connections) {}

  /// What the client knows, and what the server logged of it.
  ///
  /// @param user as the client sent it; empty if it named none
  /// @param method that was tried last
  /// @param lines in the frame of a syslog daemon
  record Connection(
      String scenario,
      String user,
      String address,
      int port,
      Method method,
      Outcome outcome,
      UserClass userClass,
      List<String> lines) {}

  private RealServers() {}

  static List<Log> read() throws IOException {
    var logs = new ArrayList<Log>();
    try (var in =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(
                    Objects.requireNonNull(RealServers.class.getResourceAsStream(FILE))),
                StandardCharsets.UTF_8))) {
      for (var line = in.readLine(); line != null; line = in.readLine()) {
        if (line.startsWith("== ")) {
          logs.add(new Log(line.substring("== ".length()), new ArrayList<>()));
        } else if (line.startsWith("= ")) {
          logs.getLast().connections().add(connection(line.substring("= ".length())));
        } else {
          logs.getLast().connections().getLast().lines().add(line);
        }
      }
    }
    return logs;
  }

  private static Connection connection(String header) {
    var fields = header.split("\t", -1);
    return new Connection(
        fields[0],
        // The escapes of \n, \r, \t and \\ are Java's.
        fields[1].translateEscapes(),
        fields[2],
        Integer.parseInt(fields[3]),
        Method.valueOf(fields[4]),
        Outcome.valueOf(fields[5]),
        UserClass.valueOf(fields[6]),
        new ArrayList<>());
  }
}
