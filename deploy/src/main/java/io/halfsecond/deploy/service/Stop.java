package io.halfsecond.deploy.service;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Says once, to everything that runs, that it is time to end. Safe for use by several threads.
public final class Stop {
  private final CountDownLatch requested = new CountDownLatch(1);

  public void request() {
    requested.countDown();
  }

  public boolean requested() {
    return requested.getCount() == 0;
  }

  /// Waits for the request, at most so long.
  ///
  /// @return whether it was made
  public boolean await(Duration patience) throws InterruptedException {
    return requested.await(patience.toNanos(), TimeUnit.NANOSECONDS);
  }
}
