package io.halfsecond.streams.detector;

import java.time.Instant;
import java.util.Optional;

/// The facts about an alert at one of its steps. Values are in the unit of the signal, times are
/// event times.
///
/// @param at the end of the block that led to this step
/// @param openedAt `at` of [AlertStep.Opened]; with the key, it identifies the alert
/// @param onset time of the first sample counted as shifted, the estimated change point
/// @param onsetNotBefore time of the last sample that was certainly not shifted; empty if there is
///   none, or it is not known
/// @param onsetNotAfter time of the first sample that certainly was
/// @param before the samples before the onset; for [Tier#DRIFT], the anchor
/// @param after the samples since the onset; for [AlertStep.Resolved] without those since the
///   return
/// @param shift median after minus median before; negative if the signal got faster
/// @param shiftLow lower end of the 95 % interval of `shift`, from the order statistics of both
///   medians, rounded outwards to the edges of bins
/// @param shiftHigh upper end of that interval
/// @param preliminary true while `after` has fewer than 50 samples
/// @param connections samples since the onset
/// @param votes blocks with samples since the onset
/// @param sources distinct sources of the connections since the onset: 2 for two or more, 0 if not
///   known
/// @param waitingBefore share of the runnable time spent waiting for a CPU before the onset, 0 to
///   1; [Sample#NOT_KNOWN] if not known
/// @param waitingAfter the same since the onset
/// @param withoutLoad whether the shift was there while connections waited no longer than before
/// @param evidenceDays Shiryaev–Roberts evidence when the alert opened; 0 for [Tier#DRIFT]
/// @param limitDays the limit that the evidence reached; 0 for [Tier#DRIFT]
public record AlertFacts(
    Tier tier,
    Direction direction,
    Instant at,
    Instant openedAt,
    Instant onset,
    Optional<Instant> onsetNotBefore,
    Instant onsetNotAfter,
    Summary before,
    Summary after,
    double shift,
    double shiftLow,
    double shiftHigh,
    boolean preliminary,
    long connections,
    long votes,
    int sources,
    double waitingBefore,
    double waitingAfter,
    boolean withoutLoad,
    double evidenceDays,
    double limitDays) {}
