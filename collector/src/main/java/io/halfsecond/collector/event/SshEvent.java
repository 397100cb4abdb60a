package io.halfsecond.collector.event;

/// One observation by a source. Times are nanoseconds of `CLOCK_MONOTONIC`, the clock of the
/// kernel's process events and of [System#nanoTime()] on Linux.
public sealed interface SshEvent permits KernelEvent, LogEvent, ProbeEvent {
  /// When it happened.
  long atNanos();
}
