package io.halfsecond.streams.benchmark;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What is asked for on the command line.
///
/// @param quick whether little effort will do
/// @param only names of parts; empty for all
/// @param series instead of all else, a file whose alerts are to be listed
/// @param commit of the detector, for the report
record Options(
    long seed,
    boolean quick,
    List<String> only,
    Optional<Path> series,
    String commit,
    boolean help) {

  static String usage(List<String> parts) {
    return """
    --seed N      of all random numbers; 1
    --quick       two minutes, rough figures, on the standard output
    --only A,B    these parts, on the standard output: %s
    --series FILE instead of all this, the alerts on a series: lines of timestamp,value after a head; values are
                  milliseconds; a relative path begins in streams/
    """
        .formatted(String.join(", ", parts));
  }

  /// @param parts that there are
  /// @throws IllegalArgumentException if it makes no sense; the message says what
  static Options parse(List<String> args, List<String> parts) {
    long seed = 1;
    boolean quick = false;
    boolean help = false;
    String commit = "unknown";
    var only = new ArrayList<String>();
    Optional<Path> series = Optional.empty();
    var left = new ArrayDeque<>(args);
    while (!left.isEmpty()) {
      String option = left.removeFirst();
      switch (option) {
        case "--quick" -> quick = true;
        case "--help" -> help = true;
        case "--seed" -> seed = number(option, value(option, left));
        case "--series" -> series = Optional.of(Path.of(value(option, left)));
        case "--commit" -> commit = value(option, left);
        case "--only" -> only.addAll(List.of(value(option, left).split(",")));
        default -> throw new IllegalArgumentException(option + ": no such option");
      }
    }
    for (String name : only) {
      if (!parts.contains(name)) {
        throw new IllegalArgumentException("--only " + name + ": no such part");
      }
    }
    return new Options(seed, quick, List.copyOf(only), series, commit, help);
  }

  private static String value(String option, ArrayDeque<String> left) {
    if (left.isEmpty()) {
      throw new IllegalArgumentException(option + ": the value is missing");
    }
    return left.removeFirst();
  }

  private static long number(String option, String value) {
    try {
      return Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(option + " " + value + ": not a whole number", e);
    }
  }
}
