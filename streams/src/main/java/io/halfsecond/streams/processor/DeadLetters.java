package io.halfsecond.streams.processor;

import io.halfsecond.streams.metric.Meters;
import io.halfsecond.streams.telemetry.InsaneRecordException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.streams.errors.DeserializationExceptionHandler;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.LogAndContinueExceptionHandler;
import org.apache.kafka.streams.errors.LogAndContinueProcessingExceptionHandler;
import org.apache.kafka.streams.errors.ProcessingExceptionHandler;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/// Handles records that are unreadable or cannot be true. Kafka Streams writes key and value to the
/// dead-letter topic, unchanged, with origin and error in headers (`__streams.errors.topic`,
/// `partition`, `offset`, `exception`, `message`, `stacktrace`), and continues with the next
/// record.
///
/// The handlers here also count dead letters, and date each by the time of its rejection. With the
/// time of the record, a dead letter from 1970 would exceed the retention of the topic at once.
public final class DeadLetters {
  /// Configuration key under which the handlers find a [HandlerContext].
  public static final String CONTEXT = "halfsecond.dead.letters.context";

  /// What the handlers need. Kafka Streams creates them and passes only its configuration.
  public record HandlerContext(MeterRegistry registry, InstantSource clock) {

    private void count(int letters) {
      counter(registry).increment(letters);
    }

    private ProducerRecord<byte[], byte[]> dated(ProducerRecord<byte[], byte[]> letter) {
      return new ProducerRecord<>(
          letter.topic(),
          letter.partition(),
          clock.millis(),
          letter.key(),
          letter.value(),
          letter.headers());
    }

    private List<ProducerRecord<byte[], byte[]>> take(
        List<ProducerRecord<byte[], byte[]>> letters) {
      count(letters.size());
      return letters.stream().map(this::dated).toList();
    }

    private static HandlerContext in(Map<String, ?> configs) {
      if (configs.get(CONTEXT) instanceof HandlerContext context) {
        return context;
      }
      throw new IllegalArgumentException(CONTEXT + " is not set");
    }
  }

  private DeadLetters() {}

  /// The counter. It is registered early, so that it is shown as 0 before the first dead letter.
  public static Counter counter(MeterRegistry registry) {
    return Counter.builder(Meters.DEAD_LETTERS).register(registry);
  }

  /// For bytes that are not a record of their topic.
  public static final class Unreadable extends LogAndContinueExceptionHandler {
    private @Nullable HandlerContext context;

    @Override
    public void configure(Map<String, ?> configs) {
      super.configure(configs);
      context = HandlerContext.in(configs);
    }

    @Override
    public DeserializationExceptionHandler.Response handleError(
        ErrorHandlerContext origin, ConsumerRecord<byte[], byte[]> record, Exception exception) {
      var response = super.handleError(origin, record, exception);
      return DeserializationExceptionHandler.Response.resume(
          Contexts.initialised(context).take(response.deadLetterQueueRecords()));
    }
  }

  /// For records that cannot be true. Any other exception of a processor is a defect or a broken
  /// disk. It fails the task: continuing would lose the effect of the record.
  public static final class Insane extends LogAndContinueProcessingExceptionHandler {
    private @Nullable HandlerContext context;

    @Override
    public void configure(Map<String, ?> configs) {
      super.configure(configs);
      context = HandlerContext.in(configs);
    }

    @Override
    public ProcessingExceptionHandler.Response handleError(
        ErrorHandlerContext origin, Record<?, ?> record, Exception exception) {
      if (!(exception instanceof InsaneRecordException)) {
        return ProcessingExceptionHandler.Response.fail();
      }
      var response = super.handleError(origin, record, exception);
      return ProcessingExceptionHandler.Response.resume(
          Contexts.initialised(context).take(response.deadLetterQueueRecords()));
    }
  }
}
