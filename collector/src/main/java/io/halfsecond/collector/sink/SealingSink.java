package io.halfsecond.collector.sink;

import io.halfsecond.schemas.Waiting;
import io.halfsecond.schemas.auth.Sealer;
import java.time.Duration;
import java.util.Optional;

/// Gives each record its code when it is sent. So a record that waited on disk has the code of the
/// key that is valid now: neither a new key nor the first one makes it look forged.
public record SealingSink(Sealer sealer, Sink to) implements Sink {
  @Override
  public void send(EncodedRecord message, Receipt receipt) {
    to.send(
        new EncodedRecord(
            message.topic(),
            message.key(),
            message.at(),
            message.value(),
            sealer.seal(message.topic(), message.key(), message.value())),
        receipt);
  }

  @Override
  public Waiting obstacle(Optional<Exception> cause) {
    return to.obstacle(cause);
  }

  @Override
  public void check() {
    to.check();
  }

  @Override
  public void close(Duration timeout) {
    to.close(timeout);
  }
}
