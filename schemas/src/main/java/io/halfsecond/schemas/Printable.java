package io.halfsecond.schemas;

import java.util.Locale;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;

/// Text of others on its way out: to a terminal, a log, a label, an annotation or a page. A file
/// name, a version, or what a person wrote may contain characters that a terminal obeys (ESC, and
/// U+009B, which is the same in one character), that end a line of a log (U+2028), or that show a
/// text in another order than it has (U+202E).
///
/// All text of others passes here. Whatever has no shape of its own is replaced: control characters
/// (C0 and C1), format characters (directions, zero widths, tags), separators of lines and
/// paragraphs, and halves of surrogate pairs.
public final class Printable {
  private static final char REPLACEMENT = '?';
  private static final char CUT = '…';

  private Printable() {}

  /// On one line.
  public static String of(String text) {
    return replaced(text, Printable::hasNoShape, _ -> String.valueOf(REPLACEMENT));
  }

  /// On one line of at most so many characters. What is cut ends in an ellipsis.
  public static String of(String text, int longest) {
    if (text.length() <= longest) {
      return of(text);
    }
    int kept = Math.max(0, longest - 1);
    boolean withinPair = kept > 0 && Character.isHighSurrogate(text.charAt(kept - 1));
    return of(text.substring(0, withinPair ? kept - 1 : kept)) + CUT;
  }

  /// On the lines that it has.
  public static String lines(String text) {
    return replaced(
        text, c -> c != '\n' && c != '\t' && hasNoShape(c), _ -> String.valueOf(REPLACEMENT));
  }

  /// JSON that means the same. Its writer has escaped the control characters of ASCII within
  /// strings, and others occur within strings only.
  public static String json(String json) {
    return replaced(
        json,
        c -> c > 0x7E && hasNoShape(c),
        c -> {
          var escaped = new StringBuilder();
          for (char unit : Character.toChars(c)) {
            escaped.append(String.format(Locale.ROOT, "\\u%04X", (int) unit));
          }
          return escaped.toString();
        });
  }

  private static String replaced(
      String text, IntPredicate unwanted, IntFunction<String> replacement) {
    if (text.codePoints().noneMatch(unwanted)) {
      return text;
    }
    var shown = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              if (unwanted.test(c)) {
                shown.append(replacement.apply(c));
              } else {
                shown.appendCodePoint(c);
              }
            });
    return shown.toString();
  }

  private static boolean hasNoShape(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          true;
      default -> false;
    };
  }
}
