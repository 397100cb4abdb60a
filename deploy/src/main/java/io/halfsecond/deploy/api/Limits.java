package io.halfsecond.deploy.api;

import io.github.bucket4j.Bucket;
import java.time.Duration;

/// Limits of rates.
final class Limits {
  private Limits() {}

  /// So many a second, and as many at once after a pause.
  static Bucket perSecond(long most) {
    return Bucket.builder()
        .addLimit(limit -> limit.capacity(most).refillGreedy(most, Duration.ofSeconds(1)))
        .build();
  }
}
