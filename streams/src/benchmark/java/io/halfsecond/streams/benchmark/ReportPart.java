package io.halfsecond.streams.benchmark;

import io.halfsecond.streams.simulation.Seed;

/// One of the things that are measured.
interface ReportPart {
  /// @param thresholds of all detectors, for those who need them
  Chapter run(Seed seed, Effort effort, Thresholds thresholds);
}
