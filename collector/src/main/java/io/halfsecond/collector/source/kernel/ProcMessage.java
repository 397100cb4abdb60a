package io.halfsecond.collector.source.kernel;

/// One message of the proc connector. `pid` is a thread's id and `tgid` its process's; times are
/// nanoseconds of `CLOCK_MONOTONIC`.
public sealed interface ProcMessage {
  /// The answer to a request to listen.
  ///
  /// @param acknowledges the request's ack field plus one
  /// @param error 0, or an error number
  record Ack(int acknowledges, int error) implements ProcMessage {}

  record Fork(long atNanos, int parentTgid, int pid, int tgid) implements ProcMessage {}

  record Exec(long atNanos, int pid, int tgid) implements ProcMessage {}

  record Uid(long atNanos, int pid, int tgid, int realUid, int effectiveUid)
      implements ProcMessage {}

  record Sid(long atNanos, int pid, int tgid) implements ProcMessage {}

  /// @param status as wait(2) gives it
  /// @param parentTgid 0 from a kernel before 4.18, which did not send it
  record Exit(long atNanos, int pid, int tgid, int status, int parentTgid) implements ProcMessage {}

  /// A well-formed message of another kind: group ids, ptrace, comm, core dumps.
  record Other(long atNanos, int what) implements ProcMessage {}

  /// Bytes that are no message of the proc connector.
  record Malformed(String reason) implements ProcMessage {}
}
