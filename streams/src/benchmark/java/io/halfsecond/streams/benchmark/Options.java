package io.halfsecond.streams.benchmark;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/// What is asked for on the command line.
///
/// @param quick whether little effort will do
/// @param only names of parts; empty for all
/// @param commit of the detector, for the report
record Options(long seed, boolean quick, List<String> only, String commit, boolean help) {

  static String usage(List<String> parts) {
    return """
      --seed N      of all random numbers; 1
      --quick       a few minutes, rough figures, on the standard output
      --only A,B    these parts, on the standard output: %s
      """.formatted(String.join(", ", parts));
  }

  /// @param parts that there are
  /// @throws IllegalArgumentException if it makes no sense; the message says what
  static Options parse(List<String> args, List<String> parts) {
    long seed = 1;
    boolean quick = false;
    boolean help = false;
    String commit = "unknown";
    var only = new ArrayList<String>();
    var left = new ArrayDeque<>(args);
    while (!left.isEmpty()) {
      String option = left.removeFirst();
      switch (option) {
        case "--quick" -> quick = true;
        case "--help" -> help = true;
        case "--seed" -> seed = number(option, value(option, left));
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
    return new Options(seed, quick, List.copyOf(only), commit, help);
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
