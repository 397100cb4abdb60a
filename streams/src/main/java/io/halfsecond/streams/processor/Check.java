package io.halfsecond.streams.processor;

import io.halfsecond.schemas.auth.Sealer;
import io.halfsecond.streams.metric.WrongClocks;
import io.halfsecond.streams.telemetry.Authentication;
import io.halfsecond.streams.telemetry.Checks;
import io.halfsecond.streams.telemetry.Input;
import io.halfsecond.streams.telemetry.InputTopic;
import io.halfsecond.streams.telemetry.InsaneRecordException;
import io.halfsecond.streams.telemetry.Telemetry;
import io.halfsecond.streams.telemetry.TimeBounds;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.Optional;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.processor.api.ContextualFixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/// Passes records that can be true and are from who they say they are from. Throws on others, which
/// makes them dead letters. That somebody has forged one is passed on first.
public final class Check<V> extends ContextualFixedKeyProcessor<String, Received<V>, Input> {
  private final InputTopic<V> topic;
  private final TimeBounds bounds;
  private final Authentication authentication;
  private final String sendersStore;
  private final InstantSource clock;
  private Authentication.@Nullable Senders senders;
  private @Nullable InHand inHand;
  private @Nullable WrongClocks wrongClocks;

  /// @param sendersStore of all nodes of this class: the time of the first right code, by host
  public Check(
      InputTopic<V> topic,
      TimeBounds bounds,
      Authentication authentication,
      String sendersStore,
      InstantSource clock) {
    this.topic = topic;
    this.bounds = bounds;
    this.authentication = authentication;
    this.sendersStore = sendersStore;
    this.clock = clock;
  }

  @Override
  public void init(FixedKeyProcessorContext<String, Input> context) {
    super.init(context);
    DeadLetters.tellRegularly(context);
    inHand = new InHand(context);
    wrongClocks = DeadLetters.HandlerContext.in(context.appConfigs()).wrongClocks();
    KeyValueStore<String, byte[]> store = context.getStateStore(sendersStore);
    senders =
        new Authentication.Senders() {
          @Override
          public boolean contains(String host) {
            return store.get(host) != null;
          }

          @Override
          public void add(String host) {
            store.put(host, ByteBuffer.allocate(Long.BYTES).putLong(clock.millis()).array());
          }
        };
  }

  /// @throws InsaneRecordException if the record cannot be true, or is forged
  @Override
  public void process(FixedKeyRecord<String, Received<V>> record) {
    Contexts.initialised(inHand).handle(record.timestamp(), () -> check(record));
  }

  private void check(FixedKeyRecord<String, Received<V>> record) {
    var received = Checks.present(record.value());
    var input = topic.asInput().apply(received.value());
    var now = clock.instant();
    try {
      Checks.check(record.key(), input, bounds, now);
    } catch (InsaneRecordException e) {
      // Other records may have waited in a spool for long.
      if (e.kind() == InsaneRecordException.Kind.TIME
          && input instanceof Telemetry.Heartbeat heartbeat
          && !bounds.ofClocks().contain(heartbeat.at(), now)) {
        Contexts.initialised(wrongClocks).refused(heartbeat.host(), heartbeat.at(), now);
      }
      throw e;
    }
    var objection =
        authentication.objection(
            input,
            new Authentication.Origin(
                topic.topic().name(), record.key(), received.bytes(), code(record.headers())),
            Contexts.initialised(senders),
            now);
    if (objection.isPresent()) {
      context().forward(record.withValue(objection.get()));
      throw objection.get().refusal();
    }
    if (input instanceof Telemetry.Heartbeat heartbeat) {
      Contexts.initialised(wrongClocks).right(heartbeat.host());
    }
    context().forward(record.withValue(input));
  }

  private static byte @Nullable [] code(Headers headers) {
    return Optional.ofNullable(headers.lastHeader(Sealer.HEADER)).map(Header::value).orElse(null);
  }
}
