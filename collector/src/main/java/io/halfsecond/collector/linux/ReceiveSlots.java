package io.halfsecond.collector.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Reusable native memory for received datagrams: `count` slots of `bytes` each, each with one view
/// in native byte order.
///
/// Belongs to the thread that made it. The content of a view is valid until the next receive into
/// its slot.
public final class ReceiveSlots implements AutoCloseable {
  private final Arena arena = Arena.ofConfined();
  private final MemorySegment[] segments;
  private final ByteBuffer[] views;

  public ReceiveSlots(int count, int bytes) {
    segments = new MemorySegment[count];
    views = new ByteBuffer[count];
    for (int i = 0; i < count; i++) {
      segments[i] = arena.allocate(bytes, Long.BYTES);
      views[i] = segments[i].asByteBuffer().order(ByteOrder.nativeOrder());
    }
  }

  public int count() {
    return segments.length;
  }

  /// The content of a slot, from 0 to its limit.
  public ByteBuffer view(int slot) {
    return views[slot];
  }

  MemorySegment segment(int slot) {
    return segments[slot];
  }

  @Override
  public void close() {
    arena.close();
  }
}
