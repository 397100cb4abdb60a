package io.halfsecond.deploy.doctor;

import io.halfsecond.collector.source.SourceUnavailableException;
import io.halfsecond.collector.source.kernel.KernelSettings;
import io.halfsecond.collector.source.kernel.KernelSource;
import java.time.Duration;
import java.util.Optional;

/// What the collector's own kernel source heard of a child process that it started for that. What a
/// process may ask of the kernel and in which namespaces it is do not tell as much: there the
/// kernel acknowledges requests that it does not serve.
///
/// @param noEvents why the proc connector did not tell of the child; empty if it did
/// @param noAccount why taskstats did not tell of it; empty if they did, or without events
/// @param took until that was known
record KernelTrial(Optional<String> noEvents, Optional<String> noAccount, Duration took) {
  /// Takes milliseconds, and five seconds at most. A collector that runs meanwhile is not
  /// disturbed.
  static KernelTrial of(KernelSettings settings) {
    long began = System.nanoTime();
    try (var source = new KernelSource(settings, System::nanoTime)) {
      Optional<String> noEvents;
      try {
        source.start(_ -> true);
        noEvents = Optional.empty();
      } catch (SourceUnavailableException e) {
        noEvents = Optional.of(String.valueOf(e.getMessage()));
      }
      return new KernelTrial(
          noEvents, source.missingTaskstats(), Duration.ofNanos(System.nanoTime() - began));
    }
  }
}
