package io.halfsecond.streams.telemetry;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;

/// Whether two collectors send under one host name, as two cloned machines do.
///
/// After a restart the heartbeats of the new run follow those of the old. Two collectors that live
/// at the same time take turns. Heartbeats are never spooled, so they arrive in the order in which
/// they were made, whatever the clocks say.
///
/// Not safe for use by several threads.
public final class LivingCollectors {
  /// How often one must be heard again after the other: a single time could be a heartbeat that was
  /// delayed on its way.
  private static final int TURNS = 2;

  /// After so many heartbeats of one alone, the other is gone: five minutes at the usual interval.
  private static final int ALONE = 30;

  private String current = "";
  private String other = "";
  private int turns;
  private int alone;

  LivingCollectors() {}

  /// A heartbeat has arrived that had not arrived before.
  ///
  /// @param before whether the run had sent another heartbeat
  void heard(String run, boolean before) {
    if (run.equals(current)) {
      alone = Math.min(alone + 1, ALONE);
      if (alone == ALONE) {
        turns = 0;
      }
      return;
    }
    if (before) {
      other = current;
      turns = Math.min(turns + 1, TURNS);
    }
    current = run;
    alone = 0;
  }

  /// Whether two have ever taken a turn.
  public boolean tookTurns() {
    return !other.isEmpty();
  }

  /// The two runs that take turns; empty if there is one collector.
  public List<String> runs() {
    return turns >= TURNS ? List.of(other, current) : List.of();
  }

  void write(DataOutputStream out) throws IOException {
    out.writeUTF(current);
    out.writeUTF(other);
    out.writeByte(turns);
    out.writeByte(alone);
  }

  static LivingCollectors read(DataInputStream in) throws IOException {
    var collectors = new LivingCollectors();
    collectors.current = in.readUTF();
    collectors.other = in.readUTF();
    collectors.turns = in.readUnsignedByte();
    collectors.alone = in.readUnsignedByte();
    return collectors;
  }
}
