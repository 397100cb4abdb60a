package io.halfsecond.streams.query;

import java.util.Arrays;
import java.util.Comparator;

/// Patterns in which `*` stands for any text and `?` for one character. Comparing takes at most
/// pattern times text steps, whoever has written the pattern.
public final class Wildcards {
  private Wildcards() {}

  /// The longest text without a wildcard: whatever matches contains it. Empty if there is none.
  static String longestText(String pattern) {
    return Arrays.stream(pattern.split("[*?]"))
        .max(Comparator.comparingInt(String::length))
        .orElse("");
  }

  public static boolean matches(String pattern, String text) {
    int p = 0;
    int t = 0;
    int star = -1;
    int taken = 0;
    while (t < text.length()) {
      if (p < pattern.length() && pattern.charAt(p) == '*') {
        star = p++;
        taken = t;
      } else if (p < pattern.length()
          && (pattern.charAt(p) == '?' || pattern.charAt(p) == text.charAt(t))) {
        p++;
        t++;
      } else if (star >= 0) {
        // The last star takes one character more.
        p = star + 1;
        t = ++taken;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p == pattern.length();
  }
}
