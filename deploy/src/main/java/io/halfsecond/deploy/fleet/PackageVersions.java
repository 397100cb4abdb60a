package io.halfsecond.deploy.fleet;

import java.math.BigInteger;
import java.util.Comparator;

/// The orders of versions of package managers. No library on Maven Central compares both.
final class PackageVersions {
  /// `[epoch:]upstream[-revision]`, as dpkg orders them (deb-version(7)).
  static final Comparator<String> DEB =
      (one, other) -> compare(one, other, PackageVersions::comparePartDeb);

  /// `[epoch:]version[-release]`, as rpm orders them (rpm-version(7)).
  static final Comparator<String> RPM =
      (one, other) -> compare(one, other, PackageVersions::comparePartRpm);

  private PackageVersions() {}

  private static int compare(String one, String other, Comparator<String> parts) {
    int byEpoch = epoch(one).compareTo(epoch(other));
    if (byEpoch != 0) {
      return byEpoch;
    }
    int byVersion = parts.compare(version(one), version(other));
    return byVersion != 0 ? byVersion : parts.compare(revision(one), revision(other));
  }

  private static BigInteger epoch(String text) {
    int colon = text.indexOf(':');
    return colon > 0 && text.substring(0, colon).chars().allMatch(PackageVersions::isDigit)
        ? new BigInteger(text.substring(0, colon))
        : BigInteger.ZERO;
  }

  private static String version(String text) {
    var rest = text.substring(text.indexOf(':') + 1);
    int dash = rest.lastIndexOf('-');
    return dash < 0 ? rest : rest.substring(0, dash);
  }

  private static String revision(String text) {
    int dash = text.lastIndexOf('-');
    return dash < 0 ? "" : text.substring(dash + 1);
  }

  /// Text without digits and numbers in turn; a tilde comes before the end, letters before all
  /// else.
  private static int comparePartDeb(String one, String other) {
    int i = 0;
    int j = 0;
    while (i < one.length() || j < other.length()) {
      while ((i < one.length() && !isDigit(one.charAt(i)))
          || (j < other.length() && !isDigit(other.charAt(j)))) {
        int difference = weight(one, i) - weight(other, j);
        if (difference != 0) {
          return difference;
        }
        i++;
        j++;
      }
      int endI = endOfDigits(one, i);
      int endJ = endOfDigits(other, j);
      int difference = number(one, i, endI).compareTo(number(other, j, endJ));
      if (difference != 0) {
        return difference;
      }
      i = endI;
      j = endJ;
    }
    return 0;
  }

  private static int weight(String text, int at) {
    if (at >= text.length() || isDigit(text.charAt(at))) {
      return 0;
    }
    char c = text.charAt(at);
    if (c == '~') {
      return -1;
    }
    return isLetter(c) ? c : c + 256;
  }

  /// Runs of letters and of digits in turn, whatever stands between them. A number is newer than
  /// letters; a tilde comes before the end, a caret after it.
  private static int comparePartRpm(String one, String other) {
    int i = 0;
    int j = 0;
    while (true) {
      i = afterSeparators(one, i);
      j = afterSeparators(other, j);
      boolean tildeI = i < one.length() && one.charAt(i) == '~';
      boolean tildeJ = j < other.length() && other.charAt(j) == '~';
      if (tildeI || tildeJ) {
        if (tildeI != tildeJ) {
          return tildeI ? -1 : 1;
        }
        i++;
        j++;
        continue;
      }
      boolean caretI = i < one.length() && one.charAt(i) == '^';
      boolean caretJ = j < other.length() && other.charAt(j) == '^';
      if (caretI || caretJ) {
        if (i >= one.length() || j >= other.length()) {
          return i >= one.length() ? -1 : 1;
        }
        if (caretI != caretJ) {
          return caretI ? -1 : 1;
        }
        i++;
        j++;
        continue;
      }
      if (i >= one.length() || j >= other.length()) {
        return Integer.compare(one.length() - i, other.length() - j);
      }
      boolean digits = isDigit(one.charAt(i));
      int endI = digits ? endOfDigits(one, i) : endOfLetters(one, i);
      int endJ = digits ? endOfDigits(other, j) : endOfLetters(other, j);
      if (endJ == j) {
        return digits ? 1 : -1;
      }
      int difference =
          digits
              ? number(one, i, endI).compareTo(number(other, j, endJ))
              : one.substring(i, endI).compareTo(other.substring(j, endJ));
      if (difference != 0) {
        return difference;
      }
      i = endI;
      j = endJ;
    }
  }

  private static int afterSeparators(String text, int from) {
    int i = from;
    while (i < text.length()
        && !isDigit(text.charAt(i))
        && !isLetter(text.charAt(i))
        && text.charAt(i) != '~'
        && text.charAt(i) != '^') {
      i++;
    }
    return i;
  }

  private static int endOfDigits(String text, int from) {
    int i = from;
    while (i < text.length() && isDigit(text.charAt(i))) {
      i++;
    }
    return i;
  }

  private static int endOfLetters(String text, int from) {
    int i = from;
    while (i < text.length() && isLetter(text.charAt(i))) {
      i++;
    }
    return i;
  }

  private static BigInteger number(String text, int from, int to) {
    return from == to ? BigInteger.ZERO : new BigInteger(text.substring(from, to));
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isLetter(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }
}
