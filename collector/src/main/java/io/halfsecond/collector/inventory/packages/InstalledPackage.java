package io.halfsecond.collector.inventory.packages;

import java.time.Instant;

/// An installed package.
///
/// @param name without the architecture
/// @param source the source package that it was built from; empty if that is unknown
/// @param version as the package manager writes it
/// @param at when it was last installed, upgraded or removed, to the second; the epoch if that is
///   unknown
public record InstalledPackage(String name, String source, String version, Instant at) {
  public static final InstalledPackage NONE = new InstalledPackage("", "", "", Instant.EPOCH);
}
