package io.halfsecond.streams.selftest;

import java.time.Instant;

/// How one program in one surrounding stands. Of those that were never found to differ, nothing is kept.
///
/// ```
/// (nothing) ── differs beyond chance ──► Open ── accepted ──► Accepted
///     ▲ ▲                                  │                   │    │
///     │ └────────── does not differ ───────┘                   │    │
///     └──────────────────── does not differ, or rolled back ───┴────┘
/// ```
sealed interface Standing {
  /// Names the alert.
  Instant openedAt();

  /// An alert is open.
  ///
  /// @param revision of its next step
  record Open(Instant openedAt, int revision, Difference difference, double evidenceDays, double limitDays)
    implements
      Standing {

    Open next() {
      return new Open(openedAt, revision + 1, difference, evidenceDays, limitDays);
    }
  }

  /// A person knows about the difference. It is not told again until it has once been gone.
  record Accepted(Instant openedAt) implements Standing {}
}
