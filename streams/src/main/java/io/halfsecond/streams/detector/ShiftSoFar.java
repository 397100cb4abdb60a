package io.halfsecond.streams.detector;

import io.halfsecond.streams.detector.state.RunningMean;

/// What is known of a shift without its samples.
///
/// @param onset event time, microseconds since the epoch, as the next two
/// @param notBefore see [io.halfsecond.streams.detector.state.Onset]; 0 if not known
/// @param votes blocks with samples since the onset
/// @param waiting of the samples since the onset
/// @param withoutLoad see [OpenShift#withoutLoad]
record ShiftSoFar(
    Direction direction,
    long onset,
    long notBefore,
    long notAfter,
    long votes,
    RunningMean waiting,
    boolean withoutLoad) {}
