package io.halfsecond.collector.event;

/// The exit status of a process.
public sealed interface ExitStatus {
  record Code(int code) implements ExitStatus {}

  record Signal(int number) implements ExitStatus {}

  /// Decodes a wait status: the signal in bits 0 to 6, the core-dump flag in bit 7, the exit code
  /// in bits 8 to 15.
  static ExitStatus ofWaitStatus(int status) {
    int signal = status & 0x7f;
    return signal == 0 ? new Code(status >> 8 & 0xff) : new Signal(signal);
  }

  default boolean success() {
    return this instanceof Code(int code) && code == 0;
  }
}
