package io.halfsecond.streams.histogram;

import io.halfsecond.schemas.UnknownVersionException;

/// Reads what [BitWriter] wrote.
///
/// **Guarantees** that any bytes are either read as something that would be written as the same
/// bytes, or refused with an [IllegalArgumentException] that says why.
public class BitReader {
  /// The longest code has 62 bits after its zeros.
  private static final int LONGEST = 62;

  private final String name;
  private final byte[] bytes;
  private long at;

  /// @param name of the content, for messages
  public BitReader(String name, byte[] bytes) {
    this.name = name;
    this.bytes = bytes;
  }

  /// The exception for bytes that are not valid.
  public IllegalArgumentException corrupt(String what) {
    return new IllegalArgumentException(name + ": " + what);
  }

  /// Reads a version of one byte, and throws unless it is the known one.
  public void version(int known) {
    long version = fixed(Byte.SIZE);
    if (version != known) {
      throw new UnknownVersionException(name, version, known);
    }
  }

  public long fixed(int count) {
    if (at + count > (long) bytes.length * Byte.SIZE) {
      throw corrupt("ends after " + bytes.length + " bytes, in the middle of a field");
    }
    long value = 0;
    for (int i = 0; i < count; i++, at++) {
      int octet = bytes[(int) (at / Byte.SIZE)];
      int bit = octet >>> (Byte.SIZE - 1 - (int) (at % Byte.SIZE));
      value = (value << 1) | (bit & 1);
    }
    return value;
  }

  public boolean flag() {
    return fixed(1) == 1;
  }

  /// @param most the largest valid value
  public long number(int order, long most, String what) {
    int zeros = 0;
    while (fixed(1) == 0) {
      if (++zeros + order > LONGEST) {
        throw corrupt(what + " beyond 62 bits");
      }
    }
    long value = ((1L << (zeros + order)) | fixed(zeros + order)) - (1L << order);
    if (value > most) {
      throw corrupt(what + " " + value + ", at most " + most);
    }
    return value;
  }

  public long signed(int order, String what) {
    long code = number(order, Long.MAX_VALUE, what);
    return (code >>> 1) ^ -(code & 1);
  }

  /// @param least the smallest valid value
  public float decimal(float least, String what) {
    float value = Float.intBitsToFloat((int) fixed(Float.SIZE));
    // −0 and the bit patterns of NaN would not be written as they were read.
    if (!(value >= least && value <= Float.MAX_VALUE)
        || Float.floatToRawIntBits(value) == Integer.MIN_VALUE) {
      throw corrupt(what + " of " + value);
    }
    return value;
  }

  public double decimal(String what) {
    double value = Double.longBitsToDouble(fixed(Double.SIZE));
    if (!(value >= 0 && value <= Double.MAX_VALUE)
        || Double.doubleToRawLongBits(value) == Long.MIN_VALUE) {
      throw corrupt(what + " of " + value);
    }
    return value;
  }

  public String text() {
    int length = (int) fixed(Byte.SIZE);
    var value = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      value.append((char) fixed(Byte.SIZE));
    }
    return value.toString();
  }

  /// @throws IllegalArgumentException unless everything has been read except the padding of the
  ///   last byte, and the padding is zeros
  public void end() {
    long left = (long) bytes.length * Byte.SIZE - at;
    if (left >= Byte.SIZE) {
      throw corrupt(left / Byte.SIZE + " bytes too many");
    }
    if (fixed((int) left) != 0) {
      throw corrupt("the padding is not zero");
    }
  }
}
