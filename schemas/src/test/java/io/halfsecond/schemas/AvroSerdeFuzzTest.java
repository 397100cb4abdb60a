package io.halfsecond.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.common.errors.SerializationException;

class AvroSerdeFuzzTest {
  /// Of the single-object encoding: two bytes, and the fingerprint of the schema.
  private static final int HEADER = 10;

  private static final byte BODY = 1;

  /// A decoder whose buffers exist needs less than this for its own purposes, and a multiple of the
  /// input for the record. A length that is believed costs megabytes or gigabytes.
  private static final long MOST_ALLOCATED = 1 << 18;

  private static final long MOST_ALLOCATED_PER_BYTE = 128;

  private static final List<AvroSerde<SpecificRecordBase>> SERDES =
      Examples.ALL.stream().map(Examples::serdeOf).toList();

  private static final List<byte[]> EXAMPLES =
      Examples.ALL.stream().map(example -> Examples.serdeOf(example).encode(example)).toList();

  static {
    // Loads classes and makes buffers.
    for (int i = 0; i < EXAMPLES.size(); i++) {
      SERDES.get(i).decode(EXAMPLES.get(i));
    }
  }

  /// @param input the first byte chooses the type; the second is 1 if the header of the type is to
  ///   be put before the rest
  @FuzzTest
  void should_give_a_record_or_a_serialization_exception(byte[] input) {
    if (input.length < 2) {
      return;
    }
    // given
    int type = Byte.toUnsignedInt(input[0]) % EXAMPLES.size();
    var serde = SERDES.get(type);
    var rest = Arrays.copyOfRange(input, 2, input.length);
    var bytes = input[1] == BODY ? Arrays.copyOf(EXAMPLES.get(type), HEADER + rest.length) : rest;
    if (input[1] == BODY) {
      System.arraycopy(rest, 0, bytes, HEADER, rest.length);
    }
    // The first record of a schema of another version makes what resolves that schema.
    try {
      serde.decode(bytes);
    } catch (SerializationException _) {
      // It is judged below.
    }
    // when
    long before = allocated();
    var record = Optional.<SpecificRecordBase>empty();
    var refused = Optional.<SerializationException>empty();
    try {
      record = Optional.of(serde.decode(bytes));
    } catch (SerializationException e) {
      refused = Optional.of(e);
    }
    long cost = allocated() - before;

    // then
    assertThat(cost).isLessThan(MOST_ALLOCATED + MOST_ALLOCATED_PER_BYTE * bytes.length);
    // As text, because not every NaN equals every other.
    record.ifPresent(
        read -> assertThat(serde.decode(serde.encode(read))).hasToString(read.toString()));
    refused.ifPresent(
        e -> assertThat(e).hasMessageContaining("(%d bytes): ".formatted(bytes.length)));
  }

  private static long allocated() {
    return ManagementFactory.getPlatformMXBean(ThreadMXBean.class).getCurrentThreadAllocatedBytes();
  }
}
