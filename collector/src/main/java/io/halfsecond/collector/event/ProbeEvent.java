package io.halfsecond.collector.event;

/// What the active probe reports about its own connections, by which the assembler recognises them.
public sealed interface ProbeEvent extends SshEvent {

  /// A connection is about to be made. Reported before sshd can see it.
  ///
  /// @param round when its round began
  /// @param port the client's
  record Began(long atNanos, long round, int port) implements ProbeEvent {}

  /// The server has identified itself on that connection: sshd forks no monitor for it any more.
  record Identified(long atNanos, int port) implements ProbeEvent {}

  /// The connection ended before the server identified itself.
  record Left(long atNanos, int port) implements ProbeEvent {}

  /// A round ended.
  ///
  /// @param round when it began
  record RoundEnded(long atNanos, long round, ProbeRound seen) implements ProbeEvent {}
}
