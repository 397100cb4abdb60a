package io.halfsecond.deploy.alerts;

import java.util.regex.Pattern;

/// The name of a host or cohort, or a pattern of names: `*` stands for any characters, `?` for one.
///
/// @param text as it was given
public record NamePattern(String text, Pattern regex) {
  /// What names consist of ([io.halfsecond.schemas.Names]), with the two wildcards.
  private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9._:+*?-]{1,253}");

  /// @throws IllegalArgumentException if no name can match; the message says what is allowed
  public static NamePattern parse(String text) {
    if (!ALLOWED.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "'%s' matches no name: letters, digits and ._:+-, and the wildcards * and ?"
              .formatted(text));
    }
    var regex = text.replaceAll("[.+]", "\\\\$0").replaceAll("\\*+", ".*").replace('?', '.');
    return new NamePattern(text, Pattern.compile(regex));
  }

  public boolean matches(String name) {
    return regex.matcher(name).matches();
  }
}
