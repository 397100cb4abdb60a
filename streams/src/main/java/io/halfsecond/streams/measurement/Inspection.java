package io.halfsecond.streams.measurement;

import io.halfsecond.schemas.HostFingerprint;
import java.time.Instant;
import java.util.Optional;

/// A collector has inspected the files of sshd and the environment of its host.
///
/// @param fingerprint the result; empty if nothing has changed since the last one
public record Inspection(Instant at, Optional<HostFingerprint> fingerprint) {}
