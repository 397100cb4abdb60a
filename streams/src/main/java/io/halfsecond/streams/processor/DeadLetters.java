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

/// What becomes of records that can't be read or can't be true: Kafka Streams writes key and value
/// as they came to the dead letters, with origin and error in headers (`__streams.errors.topic`,
/// `partition`, `offset`, `exception`, `message`, `stacktrace`), and goes on with the next record.
///
/// On top of that the handlers here count, and date the dead letter by the moment it was rejected:
/// left to itself it would carry the record's own time, and one from 1970 would at once be past the
/// topic's retention.
public final class DeadLetters {
  /// Configuration key under which the handlers find a [Context].
  public static final String CONTEXT = "halfsecond.dead.letters.context";

  /// What the handlers, which Kafka Streams makes by itself, need from outside.
  public record Context(MeterRegistry registry, InstantSource clock) {

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

    private static Context in(Map<String, ?> configs) {
      if (configs.get(CONTEXT) instanceof Context context) {
        return context;
      }
      throw new IllegalArgumentException(CONTEXT + " is not set");
    }
  }

  private DeadLetters() {}

  /// The counter, so that it can be shown as 0 before the first dead letter.
  public static Counter counter(MeterRegistry registry) {
    return Counter.builder(Meters.DEAD_LETTERS).register(registry);
  }

  /// For bytes that are not the record they should be.
  public static final class Unreadable extends LogAndContinueExceptionHandler {
    private @Nullable Context context;

    @Override
    public void configure(Map<String, ?> configs) {
      super.configure(configs);
      context = Context.in(configs);
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
  /// disk: it fails the task, for going on would lose what the record should have changed.
  public static final class Insane extends LogAndContinueProcessingExceptionHandler {
    private @Nullable Context context;

    @Override
    public void configure(Map<String, ?> configs) {
      super.configure(configs);
      context = Context.in(configs);
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
