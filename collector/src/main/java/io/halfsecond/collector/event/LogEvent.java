package io.halfsecond.collector.event;

/// A line that an sshd process logged, believed and understood.
///
/// @param atNanos when it was logged, on `CLOCK_MONOTONIC`; converted from wall time where the log
///   has no other, and then only as exact as the log's own time stamps
/// @param pid the process that logged it; for lines relayed from the preauth child that is the
///   monitor
/// @param message what it says
public record LogEvent(long atNanos, int pid, SshdMessage message) implements SshEvent {}
