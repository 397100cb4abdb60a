package io.halfsecond.collector.assembly;

import java.util.List;

/// What the run before has left.
///
/// @param open the connections that were open when it ended, as far as it could tell
/// @param sameBoot whether their processes may still run
public record EarlierRun(List<OpenConnection> open, boolean sameBoot) {
  public static final EarlierRun NONE = new EarlierRun(List.of(), true);

  public EarlierRun {
    open = List.copyOf(open);
  }
}
