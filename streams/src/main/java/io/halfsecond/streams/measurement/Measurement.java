package io.halfsecond.streams.measurement;

import io.halfsecond.schemas.Signal;
import java.time.Instant;

/// One number of one connection.
///
/// @param stratum connections that are comparable: "all", or method and outcome as in "publickey/failed"
/// @param nanos wall or CPU time, at least 0
/// @param at event time of the record it was taken from
/// @param id of the connection
public record Measurement(Signal signal, String stratum, double nanos, Instant at, String id) {}
