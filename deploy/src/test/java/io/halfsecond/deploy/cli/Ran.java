package io.halfsecond.deploy.cli;

import io.halfsecond.deploy.service.Stop;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/// A command that has run in this process.
record Ran(int status, String out, String err) {
  static Ran of(String... command) {
    return of(new Stop(), command);
  }

  static Ran of(Path config, String... command) {
    return of(
        Stream.concat(Stream.of(command), Stream.of("--config", config.toString()))
            .toArray(String[]::new));
  }

  /// @param stop ends it
  static Ran of(Stop stop, String... command) {
    var out = new StringWriter();
    var err = new StringWriter();
    int status =
        Halfsecond.execute(
            new Surroundings(new PrintWriter(out), new PrintWriter(err), false, Map.of(), stop),
            command);
    return new Ran(status, out.toString(), err.toString());
  }
}
