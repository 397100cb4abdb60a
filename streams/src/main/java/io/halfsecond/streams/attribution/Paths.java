package io.halfsecond.streams.attribution;

/// Paths of another host: this one's file system may not know the like.
public final class Paths {
  private Paths() {}

  /// What stands after the last slash.
  public static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
