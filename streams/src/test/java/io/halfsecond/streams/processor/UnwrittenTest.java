package io.halfsecond.streams.processor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.DefaultProductionExceptionHandler;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.ProductionExceptionHandler;
import org.apache.kafka.streams.errors.internals.DefaultErrorHandlerContext;
import org.apache.kafka.streams.processor.TaskId;
import org.junit.jupiter.api.Test;

/// Records that cannot be written, as Kafka Streams reports them.
class UnwrittenTest {
  /// As of a record that came from no input: a punctuator or a state store wrote it.
  private static final ErrorHandlerContext NO_INPUT =
      new DefaultErrorHandlerContext(
          null, null, -1, -1, new RecordHeaders(), "judge-hosts", new TaskId(0, 3), -1, null, null);

  private static final ProducerRecord<byte[], byte[]> RECORD =
      new ProducerRecord<>("ssh.alerts", new byte[1]);

  private final KafkaException failure = new KafkaException("the producer is closed");

  private final ProductionExceptionHandler handler = new DeadLetters.Unwritten();

  @Test
  void should_make_no_dead_letter_of_a_record_that_came_from_no_input() {
    var response = handler.handleError(NO_INPUT, RECORD, failure);

    assertThat(response.result()).isEqualTo(ProductionExceptionHandler.Result.FAIL);
    assertThat(response.deadLetterQueueRecords()).isEmpty();
  }

  @Test
  void should_try_again_what_may_succeed() {
    var response = handler.handleError(NO_INPUT, RECORD, new NotEnoughReplicasException("two"));

    assertThat(response.result()).isEqualTo(ProductionExceptionHandler.Result.RETRY);
  }

  /// Why there is a handler of our own.
  @Test
  void should_differ_from_kafkas_handler_which_hides_the_failure() {
    var kafkas = new DefaultProductionExceptionHandler();
    kafkas.configure(
        Map.of(StreamsConfig.ERRORS_DEAD_LETTER_QUEUE_TOPIC_NAME_CONFIG, "ssh.dead-letters"));

    assertThatThrownBy(() -> kafkas.handleError(NO_INPUT, RECORD, failure))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Invalid timestamp: -1");
  }
}
