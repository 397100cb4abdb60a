package io.halfsecond.streams.replay;

import java.util.HexFormat;

/// A set of 128-bit ids that only grows. It takes 21 to 43 bytes for an id; a [java.util.HashSet]
/// of strings takes 130. A host under password guessing, 50 times a second, has four million ids a
/// day.
final class IdSet {
  private static final int FEWEST_SLOTS = 8;

  /// The two halves of each id, next to each other, with linear probing. Ids are hashes already.
  private long[] slots = new long[2 * FEWEST_SLOTS];

  private int size;

  /// Whether the set contains the id of all zeros, which marks a free slot in [#slots].
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
  /// @return whether the id is new
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

  /// The slot of the id, or the free slot for it.
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
