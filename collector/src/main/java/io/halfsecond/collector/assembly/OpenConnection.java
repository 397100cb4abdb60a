package io.halfsecond.collector.assembly;

import io.halfsecond.collector.assembly.Result.ConnectionKey;
import io.halfsecond.schemas.Evidence;
import io.halfsecond.schemas.Method;
import io.halfsecond.schemas.Outcome;
import io.halfsecond.schemas.UserClass;
import java.util.Optional;

/// An open connection as the next run of the collector has to know it, to go on with it under the
/// same id. No name, no address.
///
/// @param authenticated whether a session may be open; otherwise the client still authenticates, or
///   was refused
/// @param decision what the first result said; empty if there was none
public record OpenConnection(
    ConnectionKey key, boolean authenticated, Optional<Decision> decision) {

  /// What the second result repeats of the first.
  public record Decision(
      long atNanos, Outcome outcome, Method method, UserClass userClass, Evidence evidence) {}
}
