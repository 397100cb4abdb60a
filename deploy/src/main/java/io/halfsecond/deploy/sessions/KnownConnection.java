package io.halfsecond.deploy.sessions;

import io.halfsecond.schemas.AuthTiming;
import io.halfsecond.schemas.SessionCpu;
import io.halfsecond.streams.telemetry.Witness;
import java.time.Instant;
import java.util.Optional;

/// What the records say of one connection: the one of its decision, that of its end, or both.
///
/// @param decided missing if authentication was decided before the records that were read, or
///   before the collector's start
/// @param ended missing while the connection is open, and always if only the log has seen it
public record KnownConnection(Optional<AuthTiming> decided, Optional<SessionCpu> ended) {
  public KnownConnection {
    if (decided.isEmpty() && ended.isEmpty()) {
      throw new IllegalArgumentException("neither the decision nor the end is known");
    }
  }

  KnownConnection with(AuthTiming timing) {
    return new KnownConnection(Optional.of(timing), ended);
  }

  KnownConnection with(SessionCpu cpu) {
    return new KnownConnection(decided, Optional.of(cpu));
  }

  public String host() {
    return decided.map(AuthTiming::getHost).orElseGet(() -> end().getHost());
  }

  public Instant connectedAt() {
    return decided.map(AuthTiming::getConnectedAt).orElseGet(() -> end().getConnectedAt());
  }

  /// The decision is the fuller record of the two. What the second says of the login is the same.
  Witness witness() {
    return decided.map(Witness::of).orElseGet(() -> Witness.of(end()));
  }

  /// Whether the end is still to come, as far as the records tell.
  boolean isOpen() {
    return ended.isEmpty() && witness() != Witness.LOG_ALONE;
  }

  boolean isComplete() {
    return decided.map(AuthTiming::getComplete).orElse(true)
        && ended.map(SessionCpu::getComplete).orElse(true);
  }

  /// Whether the collector's own probe made it.
  boolean isProbe() {
    return decided
        .map(timing -> timing.getProbe().isPresent())
        .orElseGet(() -> end().getProbe().isPresent());
  }

  private SessionCpu end() {
    return ended.orElseThrow();
  }
}
