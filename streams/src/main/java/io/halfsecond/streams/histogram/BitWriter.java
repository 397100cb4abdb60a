package io.halfsecond.streams.histogram;

import java.util.Arrays;

/// Writes numbers with few bits for small ones. The last byte is padded with zeros.
public class BitWriter {
  private byte[] bytes = new byte[512];
  private int size;
  private int open;
  private int used;

  /// The lowest `count` bits of a value, most significant first.
  public void fixed(long value, int count) {
    int left = count;
    while (left > 0) {
      int taken = Math.min(left, Byte.SIZE - used);
      left -= taken;
      open = (open << taken) | (int) ((value >>> left) & ((1 << taken) - 1));
      used += taken;
      if (used == Byte.SIZE) {
        append((byte) open);
        open = 0;
        used = 0;
      }
    }
  }

  private void append(byte full) {
    if (size == bytes.length) {
      bytes = Arrays.copyOf(bytes, 2 * size);
    }
    bytes[size++] = full;
  }

  public void flag(boolean value) {
    fixed(value ? 1 : 0, 1);
  }

  /// An Exp-Golomb code (Teuhola 1978): values below 2^order take order + 1 bits, and each doubling
  /// takes two bits more.
  ///
  /// @param value at least 0, below 2^62
  public void number(long value, int order) {
    long shifted = value + (1L << order);
    int length = Long.SIZE - Long.numberOfLeadingZeros(shifted);
    fixed(0, length - order - 1);
    fixed(shifted, length);
  }

  /// A value that may be negative, in the order 0, −1, 1, −2 …
  public void signed(long value, int order) {
    number((value << 1) ^ (value >> 63), order);
  }

  public void decimal(float value) {
    fixed(Float.floatToIntBits(value), Float.SIZE);
  }

  public void decimal(double value) {
    fixed(Double.doubleToLongBits(value), Double.SIZE);
  }

  /// Up to 255 characters of ASCII.
  public void text(String value) {
    fixed(value.length(), Byte.SIZE);
    value.chars().forEach(c -> fixed(c, Byte.SIZE));
  }

  public byte[] toBytes() {
    if (used > 0) {
      fixed(0, Byte.SIZE - used);
    }
    return Arrays.copyOf(bytes, size);
  }
}
