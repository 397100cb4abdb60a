package io.halfsecond.collector.event;

/// A log line of sshd's.
///
/// @param atNanos when it was logged, on `CLOCK_MONOTONIC`; converted from wall time if the log has
///   no other, and then as exact as the log's time stamps
/// @param pid the process that logged it; the monitor for lines that it relays from the preauth
///   child
/// @param message the parsed text
/// @param writtenAt the time that the log gives, in nanoseconds of its own clock: the same whenever
///   the line is read
public record LogEvent(long atNanos, int pid, SshdMessage message, long writtenAt)
    implements SshEvent {
  /// Of a log whose clock is `CLOCK_MONOTONIC`.
  public LogEvent(long atNanos, int pid, SshdMessage message) {
    this(atNanos, pid, message, atNanos);
  }
}
