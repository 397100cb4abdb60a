package io.halfsecond.streams;

import static io.halfsecond.streams.Given.START;
import static io.halfsecond.streams.Given.auth;
import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AuthTiming;
import io.halfsecond.schemas.AvroSerde;
import io.halfsecond.schemas.travel.TravelledSchemas;
import io.halfsecond.schemas.travel.TravelledSchemas.Patience;
import io.halfsecond.streams.processor.StoredAlerts;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.message.BinaryMessageEncoder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Records of a version that is newer than this one.
class OtherVersionTest {
  /// Of the single-object encoding.
  private static final int HEADER = 10;

  private static final Schema NEWER_KIND =
      SchemaBuilder.record("NewerFinding")
          .namespace("io.halfsecond.schemas")
          .fields()
          .requiredInt("figure")
          .endRecord();

  @TempDir private Path stateDirectory;

  @Test
  void should_read_a_newer_record_once_its_schema_is_known() throws Exception {
    try (var harness = new Harness(stateDirectory)) {
      // given
      var schema = newer(AuthTiming.getClassSchema());
      var unknown =
          bytes(record(AvroSerde.of(AuthTiming.class).encode(auth(1, START).build()), schema));
      harness.sendBytes(unknown);
      assertThat(harness.deadLetters()).hasSize(1);

      // when
      take(harness.schemas, schema);
      harness.sendBytes(unknown);

      // then
      assertThat(harness.deadLetters()).isEmpty();
      assertThat(harness.scraped("halfsecond_measurements_total{signal=\"startup\"}")).isEqualTo(1);
      assertThat(harness.scraped("halfsecond_schemas_known")).isEqualTo(1);
      assertThat(harness.scraped("halfsecond_schema_waits_total{result=\"not-waited\"}"))
          .isEqualTo(1);
    }
  }

  @Test
  void should_leave_a_stored_alert_of_a_newer_kind_to_a_newer_version() throws Exception {
    // given
    var alert = anAlert();
    var schemas = new TravelledSchemas(Patience.NONE);
    var schema = newer(Alert.getClassSchema());
    var known = record(AvroSerde.of(Alert.class).encode(alert), schema);
    var ofNewerKind = record(AvroSerde.of(Alert.class).encode(alert), schema);
    var finding = new GenericData.Record(NEWER_KIND);
    finding.put("figure", 1);
    ofNewerKind.put("finding", finding);
    take(schemas, schema);

    // when
    var stored =
        new StoredAlerts(
            AvroSerde.of(Alert.class).reading(schemas),
            Map.of("a", bytes(known), "b", bytes(ofNewerKind), "c", new byte[12]));

    // then
    assertThat(stored.alerts().get("a")).contains(alert);
    assertThat(stored.alerts().get("b")).isEmpty();
    assertThat(stored.alerts().get("c")).isEmpty();
    assertThat(stored.alerts().beginningWith("")).containsOnlyKeys("a");
    assertThat(stored.keys()).containsExactly("a", "b");
    assertThat(stored.setAside()).isEqualTo(1);
  }

  private Alert anAlert() {
    try (var harness = new Harness(stateDirectory)) {
      for (int n = 0; n < 560; n++) {
        harness.send(
            auth(n, START.plus(Duration.ofMinutes(n)))
                .setStartupNanos((n >= 500 ? 508 : 8) * Given.MILLI + n * 1000L));
      }
      return harness.alerts().getFirst();
    }
  }

  private static void take(TravelledSchemas schemas, Schema schema) throws Exception {
    schemas.take(
        HexFormat.of().toHexDigits(SchemaNormalization.parsingFingerprint64(schema)),
        SchemaNormalization.toParsingForm(schema));
  }

  /// With another field, and with another kind of finding if it has any.
  private static Schema newer(Schema ours) {
    var fields = new ArrayList<Schema.Field>();
    fields.add(
        new Schema.Field(
            "ofANewerVersion",
            Schema.createUnion(Schema.create(Schema.Type.NULL), Schema.create(Schema.Type.LONG)),
            null,
            Schema.Field.NULL_DEFAULT_VALUE));
    for (var field : ours.getFields()) {
      fields.add(
          field.name().equals("finding")
              ? new Schema.Field("finding", withNewerKind(field.schema()), null)
              : new Schema.Field(field, field.schema()));
    }
    return Schema.createRecord(ours.getName(), null, ours.getNamespace(), false, fields);
  }

  private static Schema withNewerKind(Schema union) {
    var kinds = new ArrayList<>(union.getTypes());
    kinds.add(NEWER_KIND);
    return Schema.createUnion(kinds);
  }

  private static GenericRecord record(byte[] ours, Schema newer) throws IOException {
    var writer =
        newer.getName().equals("Alert") ? Alert.getClassSchema() : AuthTiming.getClassSchema();
    return new GenericDatumReader<GenericRecord>(writer, newer, new GenericData())
        .read(null, DecoderFactory.get().binaryDecoder(ours, HEADER, ours.length - HEADER, null));
  }

  private static byte[] bytes(GenericRecord record) throws IOException {
    var buffer =
        new BinaryMessageEncoder<GenericRecord>(new GenericData(), record.getSchema())
            .encode(record);
    var bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }
}
