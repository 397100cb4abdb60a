package io.halfsecond.deploy.doctor;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.Locale;

/// The result of one check.
///
/// @param remedy what the operator can do; may be empty
public record Finding(Level level, String what, String remedy) {
  public enum Level {
    OK,
    WARN,
    FAIL
  }

  static Finding ok(String what) {
    return new Finding(Level.OK, what, "");
  }

  static Finding warn(String what, String remedy) {
    return new Finding(Level.WARN, what, remedy);
  }

  static Finding fail(String what, String remedy) {
    return new Finding(Level.FAIL, what, remedy);
  }

  /// One line, and the remedy on a second one.
  public String text() {
    var line =
        "%-4s  %s"
            .formatted(
                switch (level) {
                  case OK -> "ok";
                  case WARN -> "warn";
                  case FAIL -> "FAIL";
                },
                what);
    return remedy.isEmpty() ? line : line + "\n      " + remedy;
  }

  /// One object on one line.
  public String json() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("level", level.name().toLowerCase(Locale.ROOT))
        .put("what", what)
        .put("remedy", remedy)
        .toString();
  }
}
