package io.halfsecond.streams.detector.evidence;

/// Turns the id of a sample into a number that looks uniform in (0, 1) and is the same on every
/// replay.
public final class TieBreak {
  // The value is arbitrary. It makes u independent of other hashes of the same id, such as the
  // partition and the pseudonym.
  private static final long KEY = 0x48616c667365636fL;

  private TieBreak() {}

  /// FNV-1a over the characters, then the finaliser of SplitMix64 (Steele, Lea, Flood 2014). The
  /// result is its upper 32 bits.
  public static int of(String id) {
    long h = KEY;
    for (int i = 0; i < id.length(); i++) {
      h = (h ^ id.charAt(i)) * 0x100000001b3L;
    }
    h = (h ^ (h >>> 30)) * 0xbf58476d1ce4e5b9L;
    h = (h ^ (h >>> 27)) * 0x94d049bb133111ebL;
    h ^= h >>> 31;
    return (int) (h >>> 32);
  }

  public static double uniform(int tie) {
    return (Integer.toUnsignedLong(tie) + 0.5) * 0x1p-32;
  }
}
