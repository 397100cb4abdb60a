package io.halfsecond.collector.linux;

import java.io.IOException;

/// A call into the C library returned −1.
public final class NativeCallException extends IOException {
  private static final long serialVersionUID = 1L;

  private final Errno errno;
  private final int number;

  NativeCallException(String call, int number) {
    super("%s: %s (errno %d)".formatted(call, Errno.of(number), number));
    this.errno = Errno.of(number);
    this.number = number;
  }

  public Errno errno() {
    return errno;
  }

  /// The error number of the kernel.
  public int number() {
    return number;
  }
}
