package io.halfsecond.streams.gate;

import io.halfsecond.schemas.Change;
import io.halfsecond.streams.attribution.Trait;
import java.time.Instant;
import java.util.Optional;

/// A change that a trial is about.
///
/// @param trait what the host has since then
/// @param packageAfter package and version of an object, for example `liblzma5 5.6.1-1`; else empty
/// @param at when it happened, or else when it was first seen
public record TrialChange(Trait trait, String packageAfter, Instant at) {
  /// Empty for a change that other hosts cannot share, see [Trait#of(Change)].
  public static Optional<TrialChange> of(Change change) {
    return Trait.of(change)
        .map(trait -> new TrialChange(trait, change.getPackageAfter(), change.getAt()));
  }

  /// Whether both are about the same thing, whatever its state.
  public boolean replaces(TrialChange other) {
    return trait.kind() == other.trait.kind() && trait.subject().equals(other.trait.subject());
  }
}
