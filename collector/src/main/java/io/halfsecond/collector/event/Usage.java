package io.halfsecond.collector.event;

/// The resources that a process has used.
///
/// @param cpuNanos time on a CPU
/// @param runQueueNanos time runnable but waiting for a CPU
/// @param minorFaults minor page faults, a count
public record Usage(long cpuNanos, long runQueueNanos, long minorFaults) {
  public static final Usage ZERO = new Usage(0, 0, 0);

  public Usage {
    if (cpuNanos < 0 || runQueueNanos < 0 || minorFaults < 0) {
      throw new IllegalArgumentException(
          "negative usage: cpu %d ns, run queue %d ns, %d faults"
              .formatted(cpuNanos, runQueueNanos, minorFaults));
    }
  }

  public Usage plus(Usage other) {
    return new Usage(
        cpuNanos + other.cpuNanos,
        runQueueNanos + other.runQueueNanos,
        minorFaults + other.minorFaults);
  }

  /// What was used since `earlier`. Negative differences count as zero: the two kernel interfaces
  /// can disagree by a few microseconds.
  public Usage since(Usage earlier) {
    return new Usage(
        Math.max(0, cpuNanos - earlier.cpuNanos),
        Math.max(0, runQueueNanos - earlier.runQueueNanos),
        Math.max(0, minorFaults - earlier.minorFaults));
  }
}
