package io.halfsecond.streams.simulation.rival;

import java.util.Arrays;

/// One side of the convex hull of points that are added from left to right.
final class Hull {
  private final int side;
  private int[] x = new int[32];
  private int[] y = new int[32];
  private int size;

  /// @param side 1 for the lower side, −1 for the upper
  Hull(int side) {
    this.side = side;
  }

  void add(int nextX, int nextY) {
    while (size > 1 && side * turn(nextX, nextY) <= 0) {
      size--;
    }
    if (size == x.length) {
      x = Arrays.copyOf(x, 2 * size);
      y = Arrays.copyOf(y, 2 * size);
    }
    x[size] = nextX;
    y[size++] = nextY;
  }

  /// Positive if the path to the next point turns left at the last one.
  private long turn(int nextX, int nextY) {
    long lastX = (long) x[size - 1] - x[size - 2];
    long lastY = (long) y[size - 1] - y[size - 2];
    return lastX * (nextY - y[size - 1]) - lastY * (nextX - x[size - 1]);
  }

  int size() {
    return size;
  }

  int x(int i) {
    return x[i];
  }

  int y(int i) {
    return y[i];
  }

  void clear() {
    size = 0;
  }
}
