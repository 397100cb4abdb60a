/// The mathematics of evidence: from the rank of a sample to a p-value, from p-values to the
/// payoffs of bets, and from payoffs to evidence in days.
///
/// Knows histograms and nothing else of the detector: no key, tier, time or alert.
@NullMarked
package io.halfsecond.streams.detector.evidence;

import org.jspecify.annotations.NullMarked;
