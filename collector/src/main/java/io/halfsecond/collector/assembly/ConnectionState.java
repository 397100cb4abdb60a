package io.halfsecond.collector.assembly;

import java.util.Optional;

/// The state of a connection. M is the monitor, N the preauth child, U the user child.
///
/// ```
///        fork of M
///            │
///            ▼
///        ┌─Startup─┐
///        │         │ a child of M becomes the privsep user: it is N
///        │         ▼
///        │      Preauth
///        │         │
///        │         ├─ N exits 0 ──────────► Session ─┐
///        │         │                                 │ M and every U have exited
///        │         └─ N exits otherwise ──► Refused ─┤
///        │                                           ▼
///        └─ M exits ──────────────────────────────► Ended
/// ```
///
/// A connection that was found in /proc begins in the state that its processes show.
///
/// If M exits before N, the connection stays in Preauth until N has exited, and is then Ended at
/// once.
sealed interface ConnectionState {

  /// From the fork of M to its first unprivileged child: loader, configuration.
  record Startup() implements ConnectionState {}

  /// N serves the client.
  record Preauth(TrackedProcess child) implements ConnectionState {}

  /// Authenticated: N exited with status 0.
  ///
  /// @param child N; empty if the connection was found in this state
  record Session(Optional<TrackedProcess> child) implements ConnectionState {}

  /// N exited with another status; M is about to exit.
  record Refused(TrackedProcess child) implements ConnectionState {}

  /// M, N and every U have exited; accounts and log lines may still arrive.
  record Ended(long atNanos) implements ConnectionState {}
}
