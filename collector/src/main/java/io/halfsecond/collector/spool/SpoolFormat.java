package io.halfsecond.collector.spool;

import io.halfsecond.collector.sink.Sink.EncodedRecord;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.zip.CRC32C;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;

/// The schemas of the spool's files, which are Avro container files (Avro 1.12 specification,
/// "Object Container Files") with the codec `null`. Any tool that reads Avro reads them. They are
/// built in code, because parsing JSON costs a small agent memory.
final class SpoolFormat {
  static final Schema RECORD =
      SchemaBuilder.record("SpooledRecord")
          .namespace("io.halfsecond.collector.spool")
          .doc("A record that is not acknowledged. Its bytes go to Kafka unchanged.")
          .fields()
          .requiredString("collector")
          .requiredLong("sequence")
          .name("madeAtMillis")
          .doc("By the wall clock.")
          .type()
          .longType()
          .noDefault()
          .requiredString("topic")
          .requiredString("key")
          .name("atMillis")
          .doc("The timestamp of the record on its topic.")
          .type()
          .longType()
          .noDefault()
          .requiredBytes("value")
          .name("crc")
          .doc("CRC-32C of all other fields: a container file has no checksum.")
          .type()
          .longType()
          .noDefault()
          .endRecord();

  static final Schema RUN =
      SchemaBuilder.record("Run")
          .namespace("io.halfsecond.collector.spool")
          .doc("How far a run of the collector has come with sending its records.")
          .fields()
          .requiredString("collector")
          .requiredString("bootId")
          .requiredLong("assigned")
          .name("reserved")
          .doc("The run has given no number from this one on before this was written.")
          .type()
          .longType()
          .noDefault()
          .requiredLong("acknowledged")
          .name("lastAcknowledged")
          .type(longs())
          .noDefault()
          .name("lastSettled")
          .doc("Of each topic, the records up to this number are acknowledged or given up.")
          .type(longs())
          .withDefault(Map.of())
          .name("dropped")
          .type(longs())
          .noDefault()
          .requiredLong("unaccounted")
          .requiredBoolean("ended")
          .requiredLong("settledAtMillis")
          .endRecord();

  private SpoolFormat() {}

  private static Schema longs() {
    return SchemaBuilder.map().values().longType();
  }

  static GenericRecord of(SpooledRecord spooled) {
    var sent = spooled.record();
    var avro = new GenericData.Record(RECORD);
    avro.put("collector", spooled.run());
    avro.put("sequence", spooled.sequence());
    avro.put("madeAtMillis", spooled.madeAt().toEpochMilli());
    avro.put("topic", sent.topic());
    avro.put("key", sent.key());
    avro.put("atMillis", sent.at().toEpochMilli());
    avro.put("value", ByteBuffer.wrap(sent.value()));
    avro.put("crc", crc(spooled));
    return avro;
  }

  /// @throws IllegalArgumentException if the checksum is wrong
  static SpooledRecord spooled(GenericRecord avro) {
    var spooled =
        new SpooledRecord(
            avro.get("collector").toString(),
            (long) avro.get("sequence"),
            Instant.ofEpochMilli((long) avro.get("madeAtMillis")),
            new EncodedRecord(
                avro.get("topic").toString().intern(),
                avro.get("key").toString(),
                Instant.ofEpochMilli((long) avro.get("atMillis")),
                bytes(avro, "value")));
    if ((long) avro.get("crc") != crc(spooled)) {
      throw new IllegalArgumentException("the checksum of a record is wrong");
    }
    return spooled;
  }

  static GenericRecord of(Run run) {
    var avro = new GenericData.Record(RUN);
    avro.put("collector", run.collector());
    avro.put("bootId", run.bootId());
    avro.put("assigned", run.assigned());
    avro.put("reserved", run.reserved());
    avro.put("acknowledged", run.acknowledged());
    avro.put("lastAcknowledged", run.lastAcknowledged());
    avro.put("lastSettled", run.lastSettled());
    avro.put("dropped", run.dropped());
    avro.put("unaccounted", run.unaccounted());
    avro.put("ended", run.ended());
    avro.put("settledAtMillis", run.settledAtMillis());
    return avro;
  }

  static Run run(GenericRecord avro) {
    return new Run(
        avro.get("collector").toString(),
        avro.get("bootId").toString(),
        (long) avro.get("assigned"),
        (long) avro.get("reserved"),
        (long) avro.get("acknowledged"),
        counts(avro, "lastAcknowledged"),
        counts(avro, "lastSettled"),
        counts(avro, "dropped"),
        (long) avro.get("unaccounted"),
        (boolean) avro.get("ended"),
        (long) avro.get("settledAtMillis"));
  }

  private static Map<String, Long> counts(GenericRecord avro, String field) {
    var counts = new HashMap<String, Long>();
    ((Map<?, ?>) avro.get(field))
        .forEach((name, count) -> counts.put(name.toString(), (Long) count));
    return counts;
  }

  private static byte[] bytes(GenericRecord avro, String field) {
    var buffer = (ByteBuffer) avro.get(field);
    var bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  private static long crc(SpooledRecord spooled) {
    var sent = spooled.record();
    var crc = new CRC32C();
    Function<String, byte[]> utf8 = text -> text.getBytes(StandardCharsets.UTF_8);
    for (var part :
        new byte[][] {
          utf8.apply(spooled.run()), utf8.apply(sent.topic()), utf8.apply(sent.key()), sent.value()
        }) {
      crc.update(part);
    }
    crc.update(
        ByteBuffer.allocate(3 * Long.BYTES)
            .putLong(spooled.sequence())
            .putLong(spooled.madeAt().toEpochMilli())
            .putLong(sent.at().toEpochMilli())
            .flip());
    return crc.getValue();
  }
}
