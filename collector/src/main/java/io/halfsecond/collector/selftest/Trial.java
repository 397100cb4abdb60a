package io.halfsecond.collector.selftest;

import java.nio.file.Path;
import java.util.List;

/// One way to run a program so that it ends at once, listens nowhere and reads no configuration of
/// the host.
///
/// @param program absolute path
/// @param arguments those after argv[0]
public record Trial(Path program, List<String> arguments) {
  public Trial {
    arguments = List.copyOf(arguments);
  }

  @Override
  public String toString() {
    return program + " " + String.join(" ", arguments);
  }
}
