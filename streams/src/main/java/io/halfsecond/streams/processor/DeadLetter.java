package io.halfsecond.streams.processor;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.halfsecond.schemas.Sha256;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.jspecify.annotations.Nullable;

/// Makes the record of a dead letter. Whatever the record was, a dead letter is smaller than 128
/// KiB, so that a broker never refuses it: key, value, headers and texts are cut. Headers have the
/// length and the SHA-256 of the whole value.
final class DeadLetter {
  static final int VALUE_BYTES = 64 << 10;
  static final int KEY_BYTES = 1 << 10;

  /// Of all headers of the record together. Those beyond are left out.
  static final int HEADER_BYTES = 16 << 10;

  static final int MESSAGE_CHARS = 1 << 10;
  static final int TRACE_CHARS = 8 << 10;

  /// The names that Kafka Streams' own handlers use.
  private static final String KAFKA = "__streams.errors.";

  private static final String OWN = "halfsecond.";

  private DeadLetter() {}

  /// @param atMillis when the record was rejected
  static ProducerRecord<byte[], byte[]> of(
      String topic,
      ErrorHandlerContext origin,
      byte @Nullable [] key,
      byte @Nullable [] value,
      DeadLetterReason reason,
      Exception exception,
      long atMillis) {
    var headers = new RecordHeaders();
    copy(origin.headers(), headers);
    add(headers, KAFKA + "exception", exception.getClass().getName());
    add(headers, KAFKA + "message", cut(String.valueOf(exception.getMessage()), MESSAGE_CHARS));
    add(headers, KAFKA + "stacktrace", cut(trace(exception), TRACE_CHARS));
    add(headers, KAFKA + "topic", String.valueOf(origin.topic()));
    add(headers, KAFKA + "partition", Integer.toString(origin.partition()));
    add(headers, KAFKA + "offset", Long.toString(origin.offset()));
    add(headers, OWN + "reason", reason.label());
    if (value != null) {
      add(headers, OWN + "value.length", Integer.toString(value.length));
      add(headers, OWN + "value.sha256", Sha256.hex(value));
    }
    return new ProducerRecord<>(
        topic, null, atMillis, cut(key, KEY_BYTES), cut(value, VALUE_BYTES), headers);
  }

  private static void copy(@Nullable Headers from, Headers to) {
    if (from == null) {
      return;
    }
    int left = HEADER_BYTES;
    for (var header : from) {
      var value = header.value();
      int size = header.key().getBytes(UTF_8).length + (value == null ? 0 : value.length);
      if (size <= left) {
        to.add(header);
        left -= size;
      }
    }
  }

  private static void add(Headers headers, String name, String value) {
    headers.add(name, value.getBytes(UTF_8));
  }

  private static String trace(Exception exception) {
    var text = new StringWriter();
    exception.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  private static String cut(String text, int length) {
    return text.length() <= length ? text : text.substring(0, length);
  }

  @SuppressWarnings("NullAway") // a Kafka record may have no key and no value
  private static byte[] cut(byte @Nullable [] bytes, int length) {
    return bytes == null || bytes.length <= length ? bytes : Arrays.copyOf(bytes, length);
  }
}
