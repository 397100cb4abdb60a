package io.halfsecond.streams.detector;

/// Which way a signal moved.
public enum Direction {
  UP,
  DOWN
}
