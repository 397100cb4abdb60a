package io.halfsecond.streams.detector;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The bytes of a [KeyState], version 1.
///
/// Big-endian. Integers are unsigned LEB128. A histogram is its number of bins, then for each the distance from the bin
/// before and the count, both at least 1 (the first distance is from −1). Evidence and sums are IEEE 754 `float`s.
final class KeyStateCodec {
  static final byte VERSION = 1;
  /// A total of this many samples can be added to thousands of times without overflow.
  private static final long MOST_SAMPLES = 1L << 50;
  private static final int LONGEST_ID = 1024;

  private KeyStateCodec() {}

  static byte[] write(KeyState state) {
    var out = new Writer();
    out.bytes.write(VERSION);
    out.histogram(state.committed);
    out.histogram(state.pending);
    out.number(state.pendingSince);
    out.number(state.lastBlockEnd);
    out.histogram(state.block);
    boolean blockOpen = state.block.total() > 0;
    if (blockOpen) {
      out.number(state.blockStart);
      out.text(state.lastId);
    }
    var incident = state.incident;
    if (incident == null) {
      out.bytes.write(0);
      out.ledger(state.rise, blockOpen);
      out.ledger(state.fall, blockOpen);
    } else {
      out.bytes.write(incident.direction == Direction.UP ? 1 : 2);
      out.text(incident.openedBy);
      out.number(incident.openedAt);
      out.number(incident.onset);
      out.decimal(incident.evidenceDays);
      out.number(incident.revision);
      out.number(incident.votes);
      out.number(incident.lastStepAt);
      out.number(incident.connectionsAtLastStep);
      out.histogram(incident.shifted);
      out.ledger(incident.reverse, blockOpen);
    }
    return out.bytes.toByteArray();
  }

  static KeyState read(byte[] bytes) {
    var in = new Reader(ByteBuffer.wrap(bytes));
    int version = in.octet();
    if (version != VERSION) {
      throw corrupt("version " + version + ", known is " + VERSION);
    }
    var state = new KeyState();
    in.histogram(state.committed);
    in.histogram(state.pending);
    state.pendingSince = in.time();
    state.lastBlockEnd = in.time();
    in.histogram(state.block);
    boolean blockOpen = state.block.total() > 0;
    if (blockOpen) {
      state.blockStart = in.time();
      state.lastId = in.text();
    }
    int kind = in.octet();
    Histogram reference;
    switch (kind) {
      case 0 -> {
        in.ledger(state.rise, blockOpen);
        in.ledger(state.fall, blockOpen);
        reference = state.pending;
      }
      case 1, 2 -> {
        var incident = in.incident(kind == 1 ? Direction.UP : Direction.DOWN);
        in.histogram(incident.shifted);
        in.ledger(incident.reverse, blockOpen);
        if (state.baselineCount() == 0 || incident.shifted.total() == 0) {
          throw corrupt("an open alert without samples before or since its onset");
        }
        state.incident = incident;
        reference = incident.shifted;
      }
      default -> throw corrupt("alert " + kind);
    }
    if (in.buffer.hasRemaining()) {
      throw corrupt(in.buffer.remaining() + " bytes too many");
    }
    var held = reference.copy();
    held.add(state.block);
    var incident = state.incident;
    var excursions = incident == null
      ? new Excursion[]{state.rise.excursion, state.fall.excursion}
      : new Excursion[]{incident.reverse.excursion};
    for (var excursion : excursions) {
      if (!held.contains(excursion.samples)) {
        throw corrupt("an excursion over samples that are not held");
      }
    }
    return state;
  }

  private static IllegalArgumentException corrupt(String what) {
    return new IllegalArgumentException("detector state: " + what);
  }

  private static final class Writer {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);

    private void number(long value) {
      long rest = value;
      while (rest >= 0x80) {
        bytes.write((int) ((rest & 0x7f) | 0x80));
        rest >>>= 7;
      }
      bytes.write((int) rest);
    }

    private void decimal(double value) {
      bytes.writeBytes(ByteBuffer.allocate(Double.BYTES).putDouble(value).array());
    }

    private void decimal(float value) {
      bytes.writeBytes(ByteBuffer.allocate(Float.BYTES).putFloat(value).array());
    }

    private void text(String value) {
      byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
      number(utf8.length);
      bytes.writeBytes(utf8);
    }

    private void histogram(Histogram histogram) {
      number(histogram.size());
      int last = -1;
      for (int i = 0; i < histogram.size(); i++) {
        number(histogram.binAt(i) - last);
        number(histogram.countAt(i));
        last = histogram.binAt(i);
      }
    }

    private void ledger(Ledger ledger, boolean blockOpen) {
      for (float days : ledger.evidence) {
        decimal(days);
      }
      if (blockOpen) {
        for (float sum : ledger.blockLogs) {
          decimal(sum);
        }
      }
      number(ledger.held);
      var excursion = ledger.excursion;
      histogram(excursion.samples);
      if (excursion.samples.total() > 0) {
        decimal(excursion.height);
        number(excursion.votes);
        for (int i = 0; i < excursion.headSize; i++) {
          var early = excursion.head[i];
          number(early.micros());
          number(early.bin());
          decimal(early.p());
          number(early.votesBefore());
        }
      }
    }
  }

  private static final class Reader {
    private final ByteBuffer buffer;

    private Reader(ByteBuffer buffer) {
      this.buffer = buffer;
    }

    private void need(int count) {
      if (buffer.remaining() < count) {
        throw corrupt("ends after " + buffer.limit() + " bytes, in the middle of a field");
      }
    }

    private int octet() {
      need(1);
      return buffer.get();
    }

    private long number() {
      long value = 0;
      for (int shift = 0; shift < 63; shift += 7) {
        int next = octet();
        value |= (long) (next & 0x7f) << shift;
        if (next >= 0) {
          if (next == 0 && shift > 0) {
            throw corrupt("an integer longer than it need be");
          }
          return value;
        }
      }
      throw corrupt("an integer beyond 63 bits");
    }

    private long number(long limit, String what) {
      long value = number();
      if (value > limit) {
        throw corrupt(what + " " + value + ", at most " + limit);
      }
      return value;
    }

    private long time() {
      // The end of a block may lie up to a day, the longest block, after the latest sample.
      return number(Sample.LATEST_MICROS + 86_400_000_000L, "time");
    }

    private float decimal(boolean negativeToo) {
      need(Float.BYTES);
      float value = buffer.getFloat();
      if (!Float.isFinite(value) || (!negativeToo && Float.floatToIntBits(value) < 0)) {
        throw corrupt("a figure of " + value);
      }
      return value;
    }

    private String text() {
      byte[] utf8 = new byte[(int) number(LONGEST_ID * 3L, "length of an id")];
      need(utf8.length);
      buffer.get(utf8);
      var text = new String(utf8, StandardCharsets.UTF_8);
      if (!Arrays.equals(text.getBytes(StandardCharsets.UTF_8), utf8)) {
        throw corrupt("an id that is not UTF-8");
      }
      return text;
    }

    private void histogram(Histogram into) {
      long size = number(Histogram.LAST_BIN + 1L, "number of bins");
      long bin = -1;
      for (int i = 0; i < size; i++) {
        long distance = number(Histogram.LAST_BIN + 1L, "distance of bins");
        long count = number(MOST_SAMPLES, "count");
        bin += distance;
        if (distance == 0 || count == 0 || bin > Histogram.LAST_BIN) {
          throw corrupt("bin " + bin + " of " + count + " samples, at a distance of " + distance);
        }
        into.add((int) bin, count);
      }
    }

    private Incident incident(Direction direction) {
      var openedBy = text();
      long openedAt = time();
      long onset = time();
      need(Double.BYTES);
      double evidenceDays = buffer.getDouble();
      if (!(evidenceDays >= 0 && evidenceDays < Double.POSITIVE_INFINITY)) {
        throw corrupt("evidence of " + evidenceDays + " days");
      }
      var incident = new Incident(openedBy, direction, openedAt, onset, evidenceDays);
      incident.revision = (int) number(Integer.MAX_VALUE - 1, "revision");
      incident.votes = number(MOST_SAMPLES, "votes");
      incident.lastStepAt = time();
      incident.connectionsAtLastStep = number(MOST_SAMPLES, "connections");
      return incident;
    }

    private void ledger(Ledger ledger, boolean blockOpen) {
      for (int j = 0; j < ledger.evidence.length; j++) {
        ledger.evidence[j] = decimal(false);
      }
      if (blockOpen) {
        for (int j = 0; j < ledger.blockLogs.length; j++) {
          ledger.blockLogs[j] = decimal(true);
        }
      }
      ledger.held = number(MOST_SAMPLES, "held");
      var excursion = ledger.excursion;
      histogram(excursion.samples);
      if (excursion.samples.total() > 0) {
        excursion.height = decimal(false);
        excursion.votes = (int) number(Integer.MAX_VALUE - 1, "votes");
        excursion.headSize = (int) Math.min(Excursion.HEAD, excursion.samples.total());
        var samples = excursion.samples.copy();
        for (int i = 0; i < excursion.headSize; i++) {
          var early = new Excursion.Early(time(), (int) number(Histogram.LAST_BIN, "bin"), decimal(false),
            (int) number(excursion.votes, "votes"));
          if (!(early.p() > 0 && early.p() < 1)) {
            throw corrupt("a p-value of " + early.p());
          }
          if (samples.at(early.bin()) == 0) {
            throw corrupt("an early sample that is not among the samples");
          }
          samples.subtract(early.bin(), 1);
          excursion.head[i] = early;
        }
      }
    }
  }
}
