package io.halfsecond.streams.benchmark;

import java.util.Locale;

/// Tells whoever waits, on the standard error.
final class Progress {
  private static final long BEGIN = System.nanoTime();

  private Progress() {}

  static void say(String what) {
    long seconds = (System.nanoTime() - BEGIN) / 1_000_000_000;
    System.err.printf(Locale.ROOT, "%2d:%02d  %s%n", seconds / 60, seconds % 60, what);
  }
}
