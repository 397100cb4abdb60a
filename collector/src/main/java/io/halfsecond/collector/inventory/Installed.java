package io.halfsecond.collector.inventory;

import java.time.Instant;

/// A package of this host.
///
/// @param name without the architecture
/// @param version as the package manager writes it
/// @param at when it was last installed, upgraded or removed, to the second; the epoch if that is
///   not known
public record Installed(String name, String version, Instant at) {
  static final Installed NONE = new Installed("", "", Instant.EPOCH);
}
