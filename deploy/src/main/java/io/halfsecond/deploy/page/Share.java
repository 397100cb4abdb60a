package io.halfsecond.deploy.page;

import java.net.URI;
import java.util.List;

/// The part of the fleet that an instance of the topology has.
///
/// @param partitions of the telemetry, that this one has
/// @param all partitions of the telemetry
/// @param others pages of the other instances, of those that say where they are
public record Share(int partitions, int all, List<URI> others) {
  public Share {
    others = List.copyOf(others);
  }

  /// Of the only instance.
  public static final Share WHOLE = new Share(1, 1, List.of());

  /// While instances join or leave.
  public static final Share UNKNOWN = new Share(0, 0, List.of());

  boolean isKnown() {
    return all > 0;
  }

  boolean isWhole() {
    return isKnown() && partitions == all;
  }
}
