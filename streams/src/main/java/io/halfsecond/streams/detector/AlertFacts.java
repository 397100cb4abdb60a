package io.halfsecond.streams.detector;

import java.time.Instant;

/// What is known about an alert at one of its steps. All durations are in nanoseconds, all times are event times.
///
/// @param openedBy id of the last sample of the block whose vote passed the limit: with the key it names the alert
/// @param revision 0 for [AlertStep.Opened], then one more with every step
/// @param at when this step became due: the end of the block that decided it
/// @param openedAt `at` of revision 0
/// @param onset time of the first sample counted as shifted, the estimated change point
/// @param before the samples before the onset
/// @param after the samples from the onset on; for [AlertStep.Resolved] without those since the return
/// @param shift median after less median before; negative if the signal got faster
/// @param shiftLow lower end of the 95 % interval of `shift`, from the order statistics of both medians,
///   rounded outwards to the edges of bins
/// @param shiftHigh upper end of it
/// @param preliminary true while `after` has fewer than 50 samples
/// @param connections samples since the onset
/// @param votes blocks with data since the onset
/// @param evidenceDays Shiryaev–Roberts evidence when the alert opened
/// @param limitDays the limit that it passed
public record AlertFacts(String openedBy, int revision, Direction direction, Instant at, Instant openedAt,
  Instant onset, Summary before, Summary after, double shift, double shiftLow, double shiftHigh,
  boolean preliminary,
  long connections, long votes, double evidenceDays, double limitDays) {}
