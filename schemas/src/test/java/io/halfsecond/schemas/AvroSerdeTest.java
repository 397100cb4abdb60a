package io.halfsecond.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

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

  private static final int ID = 0x01020304;
  private static final Schema NEWER =
      NewerSchema.withField(Alert.getClassSchema(), "newer", "[\"null\",\"long\"]");

  private static AvroSerde<Alert> registered(OptionalInt id) {
    return AvroSerde.of(Alert.class)
        .registered(
            asked ->
                switch (asked) {
                  case ID -> Optional.of(Alert.getClassSchema());
                  case 5 -> Optional.of(NEWER);
                  case 6 -> Optional.of(AuthTiming.getClassSchema());
                  default -> Optional.empty();
                },
            id);
  }

  private static byte[] framed(int id, byte[] singleObject) {
    return ByteBuffer.allocate(singleObject.length - 5)
        .put((byte) 0)
        .putInt(id)
        .put(singleObject, 10, singleObject.length - 10)
        .array();
  }

  @Test
  void should_write_the_format_of_a_registry_when_it_has_an_id_there() {
    // given
    var plain = AvroSerde.of(Alert.class).encode(Examples.ALERT);

    // when
    var bytes = registered(OptionalInt.of(ID)).encode(Examples.ALERT);

    // then
    assertThat(bytes).isEqualTo(framed(ID, plain));
    assertThat(registered(OptionalInt.empty()).encode(Examples.ALERT)).isEqualTo(plain);
  }

  @Test
  void should_read_both_formats_whichever_it_writes() {
    var plain = AvroSerde.of(Alert.class).encode(Examples.ALERT);
    for (var serde : List.of(registered(OptionalInt.of(ID)), registered(OptionalInt.empty()))) {
      assertThat(serde.decode(framed(ID, plain))).isEqualTo(Examples.ALERT);
      assertThat(serde.decode(plain)).isEqualTo(Examples.ALERT);
    }
  }

  @Test
  void should_read_what_a_newer_version_has_registered() {
    var newer = NewerSchema.bytes(NewerSchema.record(Examples.ALERT, NEWER));

    assertThat(registered(OptionalInt.of(ID)).decode(framed(5, newer))).isEqualTo(Examples.ALERT);
  }

  @Test
  void should_name_the_setting_when_a_record_needs_a_registry_and_there_is_none() {
    var framed = registered(OptionalInt.of(ID)).encode(Examples.ALERT);

    assertThatThrownBy(() -> AvroSerde.of(Alert.class).decode(framed))
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining("schema 16909060 of a schema registry")
        .hasMessageContaining("schema.registry.url is not set");
  }

  @ParameterizedTest
  @ValueSource(ints = {6, 7})
  void should_refuse_what_the_registry_lacks_or_has_of_another_record(int id) {
    var plain = AvroSerde.of(Alert.class).encode(Examples.ALERT);

    assertThatThrownBy(() -> registered(OptionalInt.empty()).decode(framed(id, plain)))
        .isInstanceOf(UnknownSchemaException.class)
        .hasMessageContaining("no such schema " + id);
  }

  @Test
  void should_tell_a_registry_that_cannot_be_asked_from_a_record_that_cannot_be_read() {
    var serde =
        AvroSerde.of(Alert.class)
            .registered(
                _ -> {
                  throw new UnreachableRegistryException("away");
                },
                OptionalInt.of(ID));
    var framed = serde.encode(Examples.ALERT);

    assertThatThrownBy(() -> serde.deserializer().deserialize("t", framed))
        .isInstanceOf(UnreachableRegistryException.class);
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
