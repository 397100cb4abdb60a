package io.halfsecond.collector.event;

/// What the active probe says of its own connections, so that they can be told from the others and
/// looked up among them.
public sealed interface ProbeEvent extends SshEvent {

  /// A connection is about to be made. Said before sshd can know of it.
  ///
  /// @param round the round that it belongs to: when that began
  /// @param port of the client's end
  record Began(long atNanos, long round, int port) implements ProbeEvent {}

  /// The server has identified itself on that connection: what sshd forks from now on is not for
  /// it.
  record Identified(long atNanos, int port) implements ProbeEvent {}

  /// The connection is over, and the server has not identified itself.
  record Left(long atNanos, int port) implements ProbeEvent {}

  /// A round is over.
  ///
  /// @param round when it began
  record RoundEnded(long atNanos, long round, ProbeRound seen) implements ProbeEvent {}
}
