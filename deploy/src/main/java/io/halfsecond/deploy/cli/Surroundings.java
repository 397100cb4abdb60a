package io.halfsecond.deploy.cli;

import io.halfsecond.deploy.service.Stop;
import java.io.PrintWriter;
import java.util.Map;

/// The environment of a command, so that tests can give it another.
///
/// @param out for results
/// @param err for messages
/// @param terminal whether `out` is a terminal, which can rewrite its last line
/// @param errTerminal whether `err` is
/// @param stop requested when the user or the system ends the process
record Surroundings(
    PrintWriter out,
    PrintWriter err,
    boolean terminal,
    boolean errTerminal,
    Map<String, String> environment,
    Stop stop) {

  /// With standard error not on a terminal.
  Surroundings(
      PrintWriter out,
      PrintWriter err,
      boolean terminal,
      Map<String, String> environment,
      Stop stop) {
    this(out, err, terminal, false, environment, stop);
  }
}
