package io.halfsecond.deploy.terminal;

import java.io.PrintWriter;
import java.time.Duration;

/// Shows progress: on a terminal by rewriting one line, elsewhere by a line every 15 s.
public final class Progress {
  private static final Duration BETWEEN_LINES = Duration.ofSeconds(15);
  private static final String CLEAR_TO_END_OF_LINE = "\033[K";

  private final PrintWriter out;
  private final boolean terminal;
  private long nextLineNanos = System.nanoTime();
  private boolean open;

  /// @param terminal whether `out` can rewrite its last line
  public Progress(PrintWriter out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /// Prints a line that stays.
  public void say(String text) {
    clear();
    out.println(text);
    out.flush();
  }

  /// Removes the progress line.
  public void clear() {
    if (open) {
      out.print("\r" + CLEAR_TO_END_OF_LINE);
      out.flush();
      open = false;
    }
  }

  /// Shows progress; the next output replaces it.
  public void update(String text) {
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
