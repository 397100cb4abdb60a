package io.halfsecond.deploy.page;

import io.halfsecond.schemas.Printable;
import java.util.Locale;

/// Text of others in HTML and SVG.
final class Html {
  private Html() {}

  /// Text in an element or in a quoted attribute. Without control characters, which XML cannot
  /// have.
  static String text(String text) {
    var escaped = new StringBuilder(text.length() + 16);
    Printable.of(text)
        .codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.appendCodePoint(c);
              }
            });
    return escaped.toString();
  }

  static String count(double count) {
    return String.format(Locale.ROOT, "%,.0f", count);
  }

  /// Evidence as a share of its limit. Below a thousandth it means nothing to a reader.
  static String evidence(double ratio) {
    if (ratio < 0.001) {
      return "below 0.1 %";
    }
    return String.format(Locale.ROOT, ratio < 0.1 ? "%.1f %%" : "%,.0f %%", 100 * ratio);
  }
}
