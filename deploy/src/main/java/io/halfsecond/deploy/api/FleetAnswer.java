package io.halfsecond.deploy.api;

import java.util.List;

/// An answer about the hosts of all instances.
///
/// @param incomplete what is missing from it, and why, in words; empty if nothing is
public record FleetAnswer<T>(T result, List<String> incomplete) {
  public FleetAnswer {
    incomplete = List.copyOf(incomplete);
  }
}
