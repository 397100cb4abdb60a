package io.halfsecond.streams.detector.state;

import io.halfsecond.streams.detector.evidence.TieBreak;

/// A sample as a block keeps it until it is scored.
///
/// @param tie see [TieBreak]
/// @param micros event time
/// @param waitingCode see [#waiting()]
public record KeptSample(float value, int tie, long micros, int source, byte waitingCode) {
  private static final int CODES = 250;

  /// @param waiting share from 0 to 1, or negative if not known
  public static KeptSample of(String id, double value, long micros, int source, double waiting) {
    return new KeptSample(
        (float) Math.min(value, Float.MAX_VALUE),
        TieBreak.of(id),
        micros,
        source,
        (byte) (waiting < 0 ? CODES + 1 : Math.round(waiting * CODES)));
  }

  /// The share in steps of 1/250; [RunningMean#NOT_KNOWN] if not known.
  public double waiting() {
    int code = Byte.toUnsignedInt(waitingCode);
    return code > CODES ? RunningMean.NOT_KNOWN : (double) code / CODES;
  }

  public void writeTo(StateWriter out) {
    out.decimal(value);
    out.fixed(tie, Integer.SIZE);
    out.time(micros);
    out.source(source);
    out.fixed(waitingCode, Byte.SIZE);
  }

  public static KeptSample readFrom(StateReader in) {
    return new KeptSample(
        in.decimal(0, "value"),
        (int) in.fixed(Integer.SIZE),
        in.time(),
        in.source(),
        (byte) in.fixed(Byte.SIZE));
  }
}
