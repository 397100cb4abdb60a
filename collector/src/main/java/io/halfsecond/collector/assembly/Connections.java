package io.halfsecond.collector.assembly;

/// How many connections there were: opened = closed + open, always.
public record Connections(long opened, long closed, long open) {
  public static final Connections NONE = new Connections(0, 0, 0);

  public Connections plus(Connections other) {
    return new Connections(opened + other.opened, closed + other.closed, open + other.open);
  }
}
