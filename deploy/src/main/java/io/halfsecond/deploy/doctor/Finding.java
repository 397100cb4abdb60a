package io.halfsecond.deploy.doctor;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.Locale;

/// The result of one check.
///
/// @param what what was found, after its subject and a colon
/// @param why why it matters; empty if nothing is wrong
/// @param remedy what the operator can do; empty if nothing is wrong
public record Finding(Level level, String what, String why, String remedy) {
  public enum Level {
    OK,
    WARN,
    FAIL
  }

  static Finding ok(String what) {
    return new Finding(Level.OK, what, "", "");
  }

  static Finding warn(String what, String why, String remedy) {
    return new Finding(Level.WARN, what, why, remedy);
  }

  static Finding fail(String what, String why, String remedy) {
    return new Finding(Level.FAIL, what, why, remedy);
  }

  /// One line, and below it why it matters and what to do.
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
    return why.isEmpty() ? line : line + "\n      why: " + why + "\n      do:  " + remedy;
  }

  /// One object on one line.
  ///
  /// @param part what was checked
  public String json(String part) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("part", part)
        .put("level", level.name().toLowerCase(Locale.ROOT))
        .put("what", what)
        .put("why", why)
        .put("remedy", remedy)
        .toString();
  }
}
