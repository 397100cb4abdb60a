package io.halfsecond.collector.assembly;

/// Counts of connections: opened = closed + open at any time.
public record Connections(long opened, long closed, long open) {
  public static final Connections NONE = new Connections(0, 0, 0);

  public Connections plus(Connections other) {
    return new Connections(opened + other.opened, closed + other.closed, open + other.open);
  }
}
