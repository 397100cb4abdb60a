package io.halfsecond.streams.replay;

import java.util.HexFormat;

/// A set of 128-bit ids that only grows: 21 to 43 bytes an id, where a [java.util.HashSet] of
/// strings takes 130. A host at which passwords are guessed 50 times a second has four million a
/// day.
final class IdSet {
  private static final int FEWEST_SLOTS = 8;

  /// The two halves of an id beside each other. Linear probing; an id is its own hash, because it
  /// is one.
  private long[] slots = new long[2 * FEWEST_SLOTS];

  private int size;

  /// The id of all zeros, which in [#slots] means that there is none.
  private boolean hasZero;

  /// @param id 32 hexadecimal digits
  boolean contains(String id) {
    long high = high(id);
    long low = low(id);
    if (high == 0 && low == 0) {
      return hasZero;
    }
    return isTaken(slots, find(slots, high, low));
  }

  /// @param id 32 hexadecimal digits
  /// @return whether it was not there
  boolean add(String id) {
    long high = high(id);
    long low = low(id);
    if (high == 0 && low == 0) {
      boolean added = !hasZero;
      hasZero = true;
      return added;
    }
    int slot = find(slots, high, low);
    if (isTaken(slots, slot)) {
      return false;
    }
    put(slots, slot, high, low);
    size++;
    if (8L * size > 3L * slots.length) {
      grow();
    }
    return true;
  }

  private void grow() {
    var larger = new long[2 * slots.length];
    for (int i = 0; i < slots.length; i += 2) {
      if (isTaken(slots, i)) {
        put(larger, find(larger, slots[i], slots[i + 1]), slots[i], slots[i + 1]);
      }
    }
    slots = larger;
  }

  /// Where the id stands, or could be put.
  private static int find(long[] slots, long high, long low) {
    int mask = slots.length - 2;
    int slot = (int) ((high ^ low) << 1) & mask;
    while (isTaken(slots, slot) && (slots[slot] != high || slots[slot + 1] != low)) {
      slot = (slot + 2) & mask;
    }
    return slot;
  }

  private static void put(long[] slots, int slot, long high, long low) {
    slots[slot] = high;
    slots[slot + 1] = low;
  }

  private static boolean isTaken(long[] slots, int slot) {
    return slots[slot] != 0 || slots[slot + 1] != 0;
  }

  private static long high(String id) {
    return HexFormat.fromHexDigitsToLong(id, 0, 16);
  }

  private static long low(String id) {
    return HexFormat.fromHexDigitsToLong(id, 16, 32);
  }
}
