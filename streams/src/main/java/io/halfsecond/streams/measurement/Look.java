package io.halfsecond.streams.measurement;

import io.halfsecond.schemas.HostFingerprint;
import java.time.Instant;
import java.util.Optional;

/// A collector has looked what its host's sshd is made of.
///
/// @param at when, by event time
/// @param fingerprint what it found, if that is new; empty if all was as it last said
public record Look(Instant at, Optional<HostFingerprint> fingerprint) {}
