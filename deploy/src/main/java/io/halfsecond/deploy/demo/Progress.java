package io.halfsecond.deploy.demo;

import java.io.PrintWriter;
import java.time.Duration;

/// Tells a person how far things are: on a terminal by rewriting one line, elsewhere by a line now and then.
final class Progress {
  private static final Duration BETWEEN_LINES = Duration.ofSeconds(15);
  private static final String CLEAR_TO_END_OF_LINE = "\033[K";

  private final PrintWriter out;
  private final boolean terminal;
  private long nextLineNanos = System.nanoTime();
  private boolean open;

  Progress(PrintWriter out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /// Says something that stays.
  void say(String text) {
    if (open) {
      out.print("\r" + CLEAR_TO_END_OF_LINE);
      open = false;
    }
    out.println(text);
    out.flush();
  }

  /// Says how far something is; the next word replaces it.
  void update(String text) {
    if (terminal) {
      out.print("\r" + text + CLEAR_TO_END_OF_LINE);
      out.flush();
      open = true;
    } else if (System.nanoTime() - nextLineNanos >= 0) {
      nextLineNanos = System.nanoTime() + BETWEEN_LINES.toNanos();
      say(text);
    }
  }
}
