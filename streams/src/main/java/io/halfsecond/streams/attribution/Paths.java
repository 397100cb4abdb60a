package io.halfsecond.streams.attribution;

/// Paths of other hosts, which may not be valid on this one.
public final class Paths {
  private Paths() {}

  /// The part after the last slash.
  public static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /// The part before the last slash.
  public static String directory(String path) {
    return path.substring(0, Math.max(0, path.lastIndexOf('/')));
  }
}
