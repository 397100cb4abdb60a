package io.halfsecond.deploy.simulation;

import java.util.Arrays;

/// A priority queue of numbers, the smallest first. One of boxed numbers would take four times the
/// memory, and a fleet of a million hosts has four million events to come.
final class LongHeap {
  private long[] heap = new long[1_024];
  private int size;

  boolean isEmpty() {
    return size == 0;
  }

  long least() {
    return heap[0];
  }

  void add(long value) {
    if (size == heap.length) {
      heap = Arrays.copyOf(heap, 2 * size);
    }
    int at = size++;
    while (at > 0 && heap[(at - 1) / 2] > value) {
      heap[at] = heap[(at - 1) / 2];
      at = (at - 1) / 2;
    }
    heap[at] = value;
  }

  long removeLeast() {
    long least = heap[0];
    long last = heap[--size];
    int at = 0;
    for (int child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && heap[child + 1] < heap[child]) {
        child++;
      }
      if (heap[child] >= last) {
        break;
      }
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = last;
    return least;
  }
}
