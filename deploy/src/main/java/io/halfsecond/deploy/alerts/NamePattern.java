package io.halfsecond.deploy.alerts;

import io.halfsecond.streams.query.Wildcards;
import java.util.regex.Pattern;

/// The name of a host or cohort, or a pattern of names: `*` stands for any characters, `?` for one.
///
/// @param text as it was given
public record NamePattern(String text) {
  /// What names consist of ([io.halfsecond.schemas.Names]), with the two wildcards.
  private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9._:+*?-]{1,253}");

  /// @throws IllegalArgumentException if no name can match; the message says what is allowed
  public static NamePattern parse(String text) {
    if (!ALLOWED.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "'%s' matches no name: letters, digits and ._:+-, and the wildcards * and ?"
              .formatted(text));
    }
    return new NamePattern(text);
  }

  public boolean matches(String name) {
    return Wildcards.matches(text, name);
  }
}
