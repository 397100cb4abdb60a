package io.halfsecond.streams.detector;

/// All that the detector remembers about one key.
public final class KeyState {
  private KeyState() {}

  /// The state of a key of which nothing has been seen.
  public static KeyState fresh() {
    return new KeyState();
  }

  /// Reads what [#toBytes] wrote.
  ///
  /// @throws IllegalArgumentException saying what is wrong, if it is not that
  public static KeyState fromBytes(byte[] bytes) {
    if (bytes.length != 0) {
      throw new IllegalArgumentException("detector state of " + bytes.length + " bytes");
    }
    return fresh();
  }

  public byte[] toBytes() {
    return new byte[0];
  }

  /// True from [AlertStep.Opened] to [AlertStep.Resolved].
  public boolean alertOpen() {
    return false;
  }

  /// Shiryaev–Roberts evidence; while an alert is open, what it was when it opened.
  public double evidenceDays() {
    return 0;
  }

  /// Samples that new ones are compared with: committed and pending.
  public long baselineCount() {
    return 0;
  }
}
