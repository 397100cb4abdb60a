package io.halfsecond.collector.assembly;

/// Where a connection stands. M is the monitor, N the preauth child, U the user child.
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
/// M may exit before N: the connection then stays in Preauth until N has exited too, and goes on to
/// Ended at once.
sealed interface ConnectionState {

  /// M loads, reads its configuration, and from there to its first unprivileged child.
  record Startup() implements ConnectionState {}

  /// N speaks to the client.
  record Preauth(TrackedProcess child) implements ConnectionState {}

  /// Authenticated: N exited with status 0.
  record Session(TrackedProcess child) implements ConnectionState {}

  /// N exited otherwise; M is about to.
  record Refused(TrackedProcess child) implements ConnectionState {}

  /// M, N and every U have exited; accounts and log lines may still arrive.
  record Ended(long atNanos) implements ConnectionState {}
}
