package io.halfsecond.streams.measurement;

import io.halfsecond.schemas.SelfTestComparison;
import io.halfsecond.schemas.Surrounding;

/// What a self-test ran, and in what it ran it beside how the service manager would.
///
/// @param command without the directory of the program, for example `sshd -V`
public record SelfTestStratum(String command, Surrounding surrounding) {

  public static SelfTestStratum of(SelfTestComparison comparison) {
    var command = comparison.getCommand();
    int blank = command.indexOf(' ');
    int program = command.lastIndexOf('/', blank < 0 ? command.length() : blank) + 1;
    return new SelfTestStratum(command.substring(program), comparison.getSurrounding());
  }

  /// As in a key, without a blank: `sshd_-V/term-set`.
  public String text() {
    return command.replace(' ', '_') + "/" + label(surrounding);
  }

  /// @throws IllegalArgumentException if the text is not one that [#text()] gives
  public static SelfTestStratum parse(String text) {
    int last = text.lastIndexOf('/');
    for (var surrounding : Surrounding.values()) {
      if (last >= 0 && label(surrounding).equals(text.substring(last + 1))) {
        return new SelfTestStratum(text.substring(0, last).replace('_', ' '), surrounding);
      }
    }
    throw new IllegalArgumentException("not command/surrounding: " + text);
  }

  private static String label(Surrounding surrounding) {
    return switch (surrounding) {
      case TERMINAL -> "term-set";
      case NO_LANGUAGE -> "lang-unset";
      case LOADER_DEBUG -> "ld-debug-set";
      case OTHER_NAME -> "other-name";
      case UNKNOWN -> "unknown";
    };
  }
}
