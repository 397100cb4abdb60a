package io.halfsecond.schemas.auth;

import java.util.Locale;

/// What a key is for. It is part of what the key is derived from, so a key of one role is none of
/// another, even under the same name.
public enum Role {
  /// Writes the telemetry of one host.
  HOST,
  /// Decides about alerts.
  DECIDER;

  /// As in a key file.
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
