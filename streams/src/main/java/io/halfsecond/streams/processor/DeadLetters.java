package io.halfsecond.streams.processor;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.halfsecond.schemas.Names;
import io.halfsecond.streams.metric.Meters;
import io.halfsecond.streams.metric.WrongClocks;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.DeserializationExceptionHandler;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.ProcessingExceptionHandler;
import org.apache.kafka.streams.errors.ProductionExceptionHandler;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ProcessingContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Handles records that are unreadable or cannot be true. Key and value go to the dead-letter
/// topic, with origin and error in headers (`__streams.errors.topic`, `partition`, `offset`,
/// `exception`, `message`, `stacktrace`; `halfsecond.reason`, `value.length`, `value.sha256`), and
/// the next record follows. Each is counted by its reason, and a log line a minute tells of each
/// cause.
///
/// A dead letter is dated by the time of its rejection. With the time of the record, one from 1970
/// would exceed the retention of the topic at once.
public final class DeadLetters {
  /// Configuration key under which the handlers find a [HandlerContext].
  public static final String CONTEXT = "halfsecond.dead.letters.context";

  private static final Logger LOG = LoggerFactory.getLogger(DeadLetters.class);

  /// What the handlers need. Kafka Streams creates them and passes only its configuration.
  public static final class HandlerContext {
    private final MeterRegistry registry;
    private final InstantSource clock;
    private final RecordsInHand inHand;
    private final WrongClocks wrongClocks;
    private final DeadLetterLog log = new DeadLetterLog(LOG::warn);

    public HandlerContext(MeterRegistry registry, InstantSource clock, RecordsInHand inHand) {
      this.registry = registry;
      this.clock = clock;
      this.inHand = inHand;
      this.wrongClocks = new WrongClocks(registry);
    }

    /// Which records are being handled.
    RecordsInHand inHand() {
      return inHand;
    }

    /// Which hosts are refused for their time.
    WrongClocks wrongClocks() {
      return wrongClocks;
    }

    /// A value of a store cannot be read or written and is removed.
    void setAside(String store, String key, RuntimeException why) {
      counterOf(registry, store).increment();
      // The key may hold a name that somebody chose: of a valid name only.
      LOG.error(
          "store {}: a value cannot be used and is removed; what it belongs to begins anew (key"
              + " {}): {}",
          store,
          Names.COHORT.matcher(key).matches() ? key : "of %d characters".formatted(key.length()),
          why.toString());
    }

    private void tell(DeadLetterLog.Rejected rejected) {
      counter(registry, rejected.reason()).increment();
      log.add(rejected, clock.instant());
    }

    static HandlerContext in(Map<String, ?> configs) {
      if (configs.get(CONTEXT) instanceof HandlerContext context) {
        return context;
      }
      throw new IllegalArgumentException(CONTEXT + " is not set");
    }
  }

  /// The part that both handlers share.
  private record Handler(HandlerContext context, String topic) {
    static Handler of(Map<String, ?> configs) {
      return new Handler(
          HandlerContext.in(configs),
          String.valueOf(configs.get(StreamsConfig.ERRORS_DEAD_LETTER_QUEUE_TOPIC_NAME_CONFIG)));
    }

    List<ProducerRecord<byte[], byte[]>> take(
        ErrorHandlerContext origin,
        byte @Nullable [] key,
        byte @Nullable [] value,
        DeadLetterReason reason,
        Exception exception) {
      context.tell(
          new DeadLetterLog.Rejected(
              String.valueOf(origin.topic()),
              origin.partition(),
              origin.offset(),
              key == null ? "" : new String(key, UTF_8),
              reason,
              String.valueOf(exception.getMessage())));
      return List.of(
          DeadLetter.of(topic, origin, key, value, reason, exception, context.clock.millis()));
    }
  }

  private DeadLetters() {}

  /// Registers the counters, so that each is shown as 0 before the first dead letter.
  public static void register(MeterRegistry registry) {
    for (var reason : DeadLetterReason.values()) {
      counter(registry, reason);
    }
  }

  /// Registers the counter of a store's values that could not be read.
  public static void registerStore(MeterRegistry registry, String store) {
    counterOf(registry, store);
  }

  private static Counter counterOf(MeterRegistry registry, String store) {
    return Meters.STATES_SET_ASIDE.counter(registry, Tags.of("store", store));
  }

  private static Counter counter(MeterRegistry registry, DeadLetterReason reason) {
    return Meters.DEAD_LETTERS.counter(registry, Tags.of("reason", reason.label()));
  }

  /// Lets a processor tell of the last dead letters when none follows, and forget what is over.
  static void tellRegularly(ProcessingContext processor) {
    var context = HandlerContext.in(processor.appConfigs());
    processor.schedule(
        DeadLetterLog.EVERY,
        PunctuationType.WALL_CLOCK_TIME,
        _ -> {
          context.log.tell(context.clock.instant());
          context.wrongClocks.forget(context.clock.instant());
        });
  }

  /// Counts and tells of a record that a processor skips, without a dead letter.
  static void skip(ProcessingContext processor, @Nullable String key, Exception exception) {
    var metadata = processor.recordMetadata();
    HandlerContext.in(processor.appConfigs())
        .tell(
            new DeadLetterLog.Rejected(
                metadata.map(RecordMetadata::topic).orElse(""),
                metadata.map(RecordMetadata::partition).orElse(-1),
                metadata.map(RecordMetadata::offset).orElse(-1L),
                key == null ? "" : key,
                switch (exception) {
                  case SerializationException _ -> DeadLetterReason.ofUnreadable(exception);
                  case IllegalArgumentException _ -> DeadLetterReason.INSANE;
                  default -> DeadLetterReason.of(exception).orElse(DeadLetterReason.INSANE);
                },
                String.valueOf(exception.getMessage())));
  }

  /// For bytes that are not a record of their topic.
  public static final class Unreadable implements DeserializationExceptionHandler {
    private @Nullable Handler handler;

    @Override
    public void configure(Map<String, ?> configs) {
      handler = Handler.of(configs);
    }

    @Override
    public DeserializationExceptionHandler.Response handleError(
        ErrorHandlerContext origin, ConsumerRecord<byte[], byte[]> record, Exception exception) {
      return DeserializationExceptionHandler.Response.resume(
          Contexts.initialised(handler)
              .take(
                  origin,
                  record.key(),
                  record.value(),
                  DeadLetterReason.ofUnreadable(exception),
                  exception));
    }
  }

  /// For records that cannot be true, and for those that could not be handled. What such a record
  /// had changed until then stays. Only what no record is to blame for fails the task: Kafka, a
  /// broken disk, a state of another version.
  public static final class Insane implements ProcessingExceptionHandler {
    private @Nullable Handler handler;

    @Override
    public void configure(Map<String, ?> configs) {
      handler = Handler.of(configs);
    }

    @Override
    public ProcessingExceptionHandler.Response handleError(
        ErrorHandlerContext origin, Record<?, ?> record, Exception exception) {
      return DeadLetterReason.of(exception)
          .map(
              reason ->
                  ProcessingExceptionHandler.Response.resume(
                      Contexts.initialised(handler)
                          .take(
                              origin,
                              origin.sourceRawKey(),
                              origin.sourceRawValue(),
                              reason,
                              exception)))
          .orElseGet(ProcessingExceptionHandler.Response::fail);
    }
  }

  /// For records of the topology that cannot be written. There is no dead letter: an alert must not
  /// be skipped, so the input is read again; if that fails twice, the input is passed over. Kafka's
  /// own handler makes a dead letter even then, and fails if the record came from no input, because
  /// that has no time; the exception that says whether a new thread would help is then lost.
  public static final class Unwritten implements ProductionExceptionHandler {
    private @Nullable RecordsInHand inHand;

    @Override
    public void configure(Map<String, ?> configs) {
      inHand = HandlerContext.in(configs).inHand();
    }

    @Override
    public ProductionExceptionHandler.Response handleError(
        ErrorHandlerContext origin, ProducerRecord<byte[], byte[]> record, Exception exception) {
      if (exception instanceof RetriableException) {
        return ProductionExceptionHandler.Response.retry();
      }
      if (exception instanceof RecordTooLargeException) {
        blame(origin);
      }
      return ProductionExceptionHandler.Response.fail();
    }

    private void blame(ErrorHandlerContext origin) {
      if (origin.topic() != null) {
        Contexts.initialised(inHand)
            .blame(new TopicPartition(origin.topic(), origin.partition()), origin.offset());
      }
    }

    @Override
    @SuppressWarnings("rawtypes") // as Kafka declares it
    public ProductionExceptionHandler.Response handleSerializationError(
        ErrorHandlerContext origin,
        ProducerRecord record,
        Exception exception,
        SerializationExceptionOrigin which) {
      blame(origin);
      return ProductionExceptionHandler.Response.fail();
    }
  }
}
