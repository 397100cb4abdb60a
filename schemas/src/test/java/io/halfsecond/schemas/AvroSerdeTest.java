package io.halfsecond.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AvroSerdeTest {
  private static final AvroSerde<AuthTiming> SERDE = AvroSerde.of(AuthTiming.class);

  @ParameterizedTest
  @MethodSource("examples")
  void should_read_what_it_wrote(SpecificRecordBase record) {
    // given
    var serde = Examples.serdeOf(record);

    // when
    var bytes = serde.encode(record);

    // then
    assertThat(serde.decode(bytes)).isEqualTo(record);
    assertThat(bytes).startsWith(0xC3, 0x01);
  }

  static Stream<SpecificRecordBase> examples() {
    return Examples.ALL.stream();
  }

  @Test
  void should_name_topic_and_type_when_bytes_are_garbage() {
    // given
    var garbage = "not avro at all".getBytes(StandardCharsets.UTF_8);

    // when, then
    assertThatThrownBy(() -> SERDE.deserializer().deserialize("ssh.auth-timing", garbage))
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining("topic ssh.auth-timing")
        .hasMessageContaining("AuthTiming")
        .hasMessageContaining("15 bytes");
  }

  @Test
  void should_refuse_a_record_of_another_type() {
    // given
    var alert = Examples.serdeOf(Examples.ALERT).encode(Examples.ALERT);

    // when, then
    assertThatThrownBy(() -> SERDE.decode(alert)).isInstanceOf(SerializationException.class);
  }

  @Test
  void should_refuse_every_truncation() {
    // given
    var whole = SERDE.encode(Examples.AUTH_TIMING);

    // when, then
    for (int length = 0; length < whole.length; length++) {
      var cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> SERDE.decode(cut))
          .as("first %d bytes", length)
          .isInstanceOf(SerializationException.class);
    }
  }

  @Test
  void should_refuse_bytes_after_the_record() {
    // given
    var whole = SERDE.encode(Examples.AUTH_TIMING);
    var longer = Arrays.copyOf(whole, whole.length + 3);

    // when, then
    assertThatThrownBy(() -> SERDE.decode(longer))
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining("3 bytes left over");
  }

  @Test
  @SuppressWarnings("NullAway") // Kafka hands tombstones over as null
  void should_pass_tombstones_through() {
    assertThat(SERDE.deserializer().deserialize("t", (byte[]) null)).isNull();
    assertThat(SERDE.serializer().serialize("t", null)).isNull();
  }
}
