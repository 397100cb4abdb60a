package io.halfsecond.streams.detector;

import org.jspecify.annotations.Nullable;

/// All that the detector remembers about one key. Changed by [Detector] in place.
///
/// **Guarantees** that a state read back from its bytes continues exactly like the one that was written.
///
/// Not safe for use by several threads.
public final class KeyState {
  /// B: samples that came through quarantine.
  final Histogram committed = new Histogram();
  /// P: samples in quarantine. With B it is the reference of the forward bets.
  final Histogram pending = new Histogram();
  /// Samples of the open block: they join the reference at its end.
  final Histogram block = new Histogram();
  /// Event times, microseconds since the epoch; 0 for never.
  long pendingSince;
  long blockStart;
  long lastBlockEnd;
  /// Of the newest sample of the open block.
  String lastId = "";
  final Ledger rise = new Ledger(Bets.FULL);
  final Ledger fall = new Ledger(Bets.BRIEF);
  @Nullable
  Incident incident;

  KeyState() {}

  /// The state of a key of which nothing has been seen.
  public static KeyState fresh() {
    return new KeyState();
  }

  /// Reads what [#toBytes] wrote, of this or an earlier version.
  ///
  /// @throws IllegalArgumentException saying what is wrong, if it is not that
  public static KeyState fromBytes(byte[] bytes) {
    return KeyStateCodec.read(bytes);
  }

  /// The first byte is the version of the format.
  public byte[] toBytes() {
    return KeyStateCodec.write(this);
  }

  /// True from [AlertStep.Opened] to [AlertStep.Resolved].
  public boolean alertOpen() {
    return incident != null;
  }

  /// Shiryaev–Roberts evidence, in days; while an alert is open, what it was when it opened.
  public double evidenceDays() {
    var open = incident;
    // Equal weights: with the budget spread evenly no bet needs more than ln(10) nats over the best single one.
    return open != null
      ? open.evidenceDays
      : (rise.sum() + fall.sum()) / (rise.bets.size() + fall.bets.size());
  }

  /// Samples that new ones are compared with, committed or pending. Those since the onset of an open alert are not
  /// among them.
  public long baselineCount() {
    return committed.total() + pending.total();
  }
}
