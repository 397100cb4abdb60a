package io.halfsecond.collector.spool;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/// Reads the records of a segment in their order, passing over what is damaged.
public final class SegmentReader implements AutoCloseable {
  /// @param afterGap whether something in front of it could not be read
  record Read(SpooledRecord spooled, boolean afterGap) {}

  private final ContainerReader container;
  private final Deque<Read> block = new ArrayDeque<>();
  private boolean gap;
  private long corruptRecords;

  /// @param end how much of the file is read, at most
  SegmentReader(Path file, long end) throws IOException {
    this.container = new ContainerReader(file, end, SpoolFormat.RECORD);
  }

  /// @return empty at the end
  public Optional<SpooledRecord> next() throws IOException {
    return read().map(Read::spooled);
  }

  Optional<Read> read() throws IOException {
    while (block.isEmpty()) {
      var next = container.next();
      if (next.isEmpty()) {
        return Optional.empty();
      }
      gap |= next.get().afterGap();
      for (var avro : next.get().records()) {
        try {
          block.add(new Read(SpoolFormat.spooled(avro), gap));
          gap = false;
        } catch (IllegalArgumentException _) {
          corruptRecords++;
          gap = true;
        }
      }
    }
    return Optional.of(block.remove());
  }

  /// Whether anything could not be read so far.
  boolean corrupt() {
    return corruptRecords > 0 || container.corruptBytes() > 0;
  }

  /// Bytes that no record could be read from. Records with a wrong checksum are not among them.
  long corruptBytes() {
    return container.corruptBytes();
  }

  long corruptRecords() {
    return corruptRecords;
  }

  @Override
  public void close() throws IOException {
    container.close();
  }
}
