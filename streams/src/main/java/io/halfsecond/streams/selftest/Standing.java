package io.halfsecond.streams.selftest;

import java.time.Instant;
import java.util.Optional;

/// How one program in one surrounding stands. Of those that were never found to differ, nothing is
/// kept.
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
  /// @param notBefore when the self-test before was over; empty if there was none
  record Open(
      Instant openedAt,
      Optional<Instant> notBefore,
      Difference difference,
      double evidenceDays,
      double limitDays)
      implements Standing {}

  /// A person knows about the difference. It is not told again until it has once been gone.
  record Accepted(Instant openedAt) implements Standing {}
}
