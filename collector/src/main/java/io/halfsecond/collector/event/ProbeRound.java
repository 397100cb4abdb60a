package io.halfsecond.collector.event;

import io.halfsecond.schemas.ProbeOutcome;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// What the client measured in one round of the active probe. The figures are defined at
/// ProbeTiming in halfsecond.avdl.
///
/// @param target address and port
/// @param server its identification string; empty if it sent none
/// @param detail an explanation; empty where the outcome needs none
/// @param banners the number of connections on which the server identified itself
/// @param followedPort the client's port of the connection that was followed to its end; empty if
///   there was none
public record ProbeRound(
    String target,
    String server,
    ProbeOutcome outcome,
    String detail,
    int banners,
    OptionalLong connectNanos,
    OptionalLong bannerNanos,
    OptionalLong kexNanos,
    OptionalLong authNanos,
    OptionalLong startupNanos,
    OptionalInt followedPort) {}
