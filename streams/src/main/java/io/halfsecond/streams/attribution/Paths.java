package io.halfsecond.streams.attribution;

/// Paths of other hosts, which may not be valid on this one.
public final class Paths {
  private Paths() {}

  /// The part after the last slash.
  public static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
