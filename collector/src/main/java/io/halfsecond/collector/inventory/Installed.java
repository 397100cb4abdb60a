package io.halfsecond.collector.inventory;

/// A package of this host.
///
/// @param name without the architecture
/// @param version as the package manager writes it
public record Installed(String name, String version) {
  static final Installed NONE = new Installed("", "");
}
