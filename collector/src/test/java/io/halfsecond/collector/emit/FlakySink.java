package io.halfsecond.collector.emit;

import io.halfsecond.collector.sink.Sink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.apache.kafka.common.KafkaException;

/// A sink that fails in every way that it may, and then keeps what [Sink] guarantees.
final class FlakySink implements Sink {
  private record Sent(EncodedRecord message, Receipt receipt) {}

  /// What has arrived, in order, copies included.
  final List<EncodedRecord> arrived = new ArrayList<>();

  private final List<Sent> pending = new ArrayList<>();
  private final RandomGenerator random;
  boolean away;

  /// Those that can never be taken.
  Predicate<EncodedRecord> unacceptable = _ -> false;

  /// Nothing is taken.
  boolean busy;

  FlakySink(RandomGenerator random) {
    this.random = random;
  }

  @Override
  public void send(EncodedRecord message, Receipt receipt) {
    if (unacceptable.test(message)) {
      receipt.failed(Failure.REJECTED, cause());
    } else if (busy || (away && random.nextInt(3) == 0)) {
      receipt.failed(random.nextBoolean() ? Failure.BUSY : Failure.REFUSED, cause());
    } else {
      pending.add(new Sent(message, receipt));
    }
  }

  /// Delivers the first of what it has, acknowledged or not; loses the rest at times.
  void step() {
    int delivered = away ? 0 : random.nextInt(pending.size() + 1);
    for (int i = 0; i < delivered; i++) {
      var sent = pending.removeFirst();
      arrived.add(sent.message());
      sent.receipt().acknowledged();
    }
    if (!pending.isEmpty() && random.nextInt(4) == 0) {
      // Some had arrived, but their acknowledgements are lost.
      int unacknowledged = away ? 0 : random.nextInt(pending.size());
      pending.stream().limit(unacknowledged).forEach(sent -> arrived.add(sent.message()));
      pending.forEach(sent -> sent.receipt().failed(Failure.LOST, cause()));
      pending.clear();
    }
  }

  /// All that it has is lost on its way.
  void lose() {
    pending.forEach(sent -> sent.receipt().failed(Failure.LOST, cause()));
    pending.clear();
  }

  void deliverAll() {
    while (!pending.isEmpty()) {
      var sent = pending.removeFirst();
      arrived.add(sent.message());
      sent.receipt().acknowledged();
    }
  }

  /// Who sent the records has gone; what had been sent may arrive.
  void forget() {
    pending.stream()
        .limit(random.nextInt(pending.size() + 1))
        .forEach(s -> arrived.add(s.message()));
    pending.clear();
  }

  private static KafkaException cause() {
    return new KafkaException("as the test wants");
  }

  @Override
  public void close(Duration timeout) {}
}
