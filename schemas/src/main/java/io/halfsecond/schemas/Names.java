package io.halfsecond.schemas;

import java.util.regex.Pattern;

/// The names of hosts and cohorts. Keys are made by joining names with a slash, so no name holds
/// one.
public final class Names {
  /// A host name as in RFC 1123, with `_` allowed, or an address.
  public static final Pattern HOST = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]{0,252}");

  /// Like a host name, with `+` allowed, which versions contain.
  public static final Pattern COHORT = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:+-]{0,252}");

  private Names() {}

  /// Whether this is a host name.
  public static boolean isHost(String name) {
    return HOST.matcher(name).matches();
  }

  /// @param key the setting that the name comes from
  /// @throws IllegalArgumentException if it is no host name
  public static String requireHost(String key, String name) {
    return require(HOST, "._:-", key, name);
  }

  /// @param key the setting that the name comes from
  /// @throws IllegalArgumentException if it is no cohort name
  public static String requireCohort(String key, String name) {
    return require(COHORT, "._:+-", key, name);
  }

  private static String require(Pattern pattern, String others, String key, String name) {
    if (!pattern.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "%s: '%s' is not a name: a letter or digit, then up to 252 letters, digits or %s"
              .formatted(key, name, others));
    }
    return name;
  }
}
