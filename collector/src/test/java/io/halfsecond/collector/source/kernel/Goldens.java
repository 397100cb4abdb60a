package io.halfsecond.collector.source.kernel;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/// Messages as Linux 6.18 on x86-64 sent them: of `setpriv --reuid 65534 setsid sh -c '…; exit 3'`
/// (pid 14038) and of a Python with two threads (14039, threads 14040 and 14041), both children of
/// 13997.
final class Goldens {
  private Goldens() {}

  static ByteBuffer golden(String name) {
    try (var in =
        Objects.requireNonNull(
            Goldens.class.getResourceAsStream("golden/" + name + ".bin"), name)) {
      return ByteBuffer.wrap(in.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
