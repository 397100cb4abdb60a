package io.halfsecond.collector.event;

import io.halfsecond.schemas.ProbeOutcome;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// What the client saw in one round of the active probe. The figures mean what halfsecond.avdl says
/// of ProbeTiming.
///
/// @param target address and port
/// @param server its identification string; empty if it gave none
/// @param detail for a person; empty where the outcome says it all
/// @param banners connections on which the server identified itself
/// @param followedPort the client's port of the connection that was followed to its end; empty if
///   it did not come to that
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
