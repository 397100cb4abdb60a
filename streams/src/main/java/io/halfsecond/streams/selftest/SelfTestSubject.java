package io.halfsecond.streams.selftest;

import io.halfsecond.schemas.SelfTestComparison;
import io.halfsecond.schemas.SelfTestEnvironment;

/// The subject of an alert on a self-test: a command and the environment it is compared in.
///
/// @param command without the directory of the program, for example `sshd -V`
public record SelfTestSubject(String command, SelfTestEnvironment environment) {
  /// Prefix of the texts of self-tests only.
  public static final String PREFIX = "selftest/";

  static SelfTestSubject of(SelfTestComparison comparison) {
    var command = comparison.getCommand();
    int blank = command.indexOf(' ');
    int program = command.lastIndexOf('/', blank < 0 ? command.length() : blank) + 1;
    return new SelfTestSubject(command.substring(program), comparison.getEnvironment());
  }

  /// Without blanks, for example `selftest/sshd_-V/term-set`.
  public String text() {
    return PREFIX + stratum();
  }

  /// The text without its prefix: the label `stratum` of the alert's metrics.
  public String stratum() {
    return command.replace(' ', '_') + "/" + label(environment);
  }

  private static String label(SelfTestEnvironment environment) {
    return switch (environment) {
      case TERMINAL -> "term-set";
      case NO_LANGUAGE -> "lang-unset";
      case LOADER_DEBUG -> "ld-debug-set";
      case OTHER_NAME -> "other-name";
      case UNKNOWN -> "unknown";
    };
  }
}
