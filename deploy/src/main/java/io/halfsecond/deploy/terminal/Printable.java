package io.halfsecond.deploy.terminal;

/// Text of others for a terminal.
public final class Printable {
  private Printable() {}

  /// Without control characters, C1 included, which a terminal might obey: a file name or what a
  /// person wrote may contain them.
  public static String of(String text) {
    return text.codePoints()
        .map(c -> Character.isISOControl(c) ? '?' : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}
