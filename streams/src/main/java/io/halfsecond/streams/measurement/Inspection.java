package io.halfsecond.streams.measurement;

import io.halfsecond.schemas.HostFingerprint;
import java.time.Instant;
import java.util.Optional;

/// A collector has inspected what sshd is made of.
///
/// @param fingerprint the result; empty if nothing has changed since the last one
public record Inspection(Instant at, Optional<HostFingerprint> fingerprint) {}
