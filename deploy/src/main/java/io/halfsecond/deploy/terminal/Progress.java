package io.halfsecond.deploy.terminal;

import java.io.PrintWriter;
import java.time.Duration;

/// Tells a person how far things are: on a terminal by rewriting one line, elsewhere by a line now
/// and then.
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

  /// Says something that stays.
  public void say(String text) {
    clear();
    out.println(text);
    out.flush();
  }

  /// Takes away what was said about how far something is.
  public void clear() {
    if (open) {
      out.print("\r" + CLEAR_TO_END_OF_LINE);
      out.flush();
      open = false;
    }
  }

  /// Says how far something is; the next word replaces it.
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
