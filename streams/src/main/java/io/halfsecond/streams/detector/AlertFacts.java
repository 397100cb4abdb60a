package io.halfsecond.streams.detector;

import java.time.Instant;
import java.util.Optional;

/// What is known about an alert at one of its steps. All values are in the unit of the signal, all
/// times are event times.
///
/// @param at when this step became due: the end of the block that decided it
/// @param openedAt `at` of [AlertStep.Opened]: with the key it names the alert
/// @param onset time of the first sample counted as shifted, the estimated change point
/// @param onsetNotBefore time of the last sample that was as before for certain; empty if there is
///   none, or it is not known
/// @param onsetNotAfter time of the first sample that was shifted for certain
/// @param before the samples before the onset; for [Tier#DRIFT], the baseline as it first stood
/// @param after the samples from the onset on; for [AlertStep.Resolved] without those since the
///   return
/// @param shift median after less median before; negative if the signal got faster
/// @param shiftLow lower end of the 95 % interval of `shift`, from the order statistics of both
///   medians, rounded outwards to the edges of bins
/// @param shiftHigh upper end of it
/// @param preliminary true while `after` has fewer than 50 samples
/// @param connections samples since the onset
/// @param votes blocks with data since the onset
/// @param sources different places that the connections since the onset came from: 2 stands for two
///   or more, 0 for not known
/// @param waitingBefore share of the runnable time that was spent waiting for a CPU, before the
///   onset, 0 to 1; [Sample#NOT_KNOWN] if not known
/// @param waitingAfter since the onset
/// @param evidenceDays Shiryaev–Roberts evidence when the alert opened; 0 for [Tier#DRIFT]
/// @param limitDays the limit that it passed; 0 for [Tier#DRIFT]
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
    double evidenceDays,
    double limitDays) {}
