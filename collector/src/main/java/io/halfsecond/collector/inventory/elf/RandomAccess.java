package io.halfsecond.collector.inventory.elf;

import java.io.IOException;
import java.nio.ByteBuffer;

/// Bytes that can be read at any place.
interface RandomAccess {
  /// In bytes.
  long size() throws IOException;

  /// Reads from `offset` until `into` is full; less only at the end.
  void read(long offset, ByteBuffer into) throws IOException;
}
