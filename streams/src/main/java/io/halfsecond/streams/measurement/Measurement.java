package io.halfsecond.streams.measurement;

import io.halfsecond.schemas.Signal;
import java.time.Instant;

/// One number of one connection, or of one round of the active probe.
///
/// @param stratum connections that are comparable: "all", or method and outcome as in
///   "publickey/failed"
/// @param value in the signal's unit, at least 0
/// @param at event time of the record it was taken from
/// @param id of the connection or round
/// @param source where the connection came from, as in a sample of the detector
/// @param waiting share of the runnable time spent waiting for a CPU, as in a sample of the
///   detector
public record Measurement(
    Signal signal,
    String stratum,
    double value,
    Instant at,
    String id,
    int source,
    double waiting) {}
