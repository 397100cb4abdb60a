package io.halfsecond.streams;

import static io.halfsecond.streams.Given.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertJson;
import io.halfsecond.streams.telemetry.Telemetry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The records on the topics of alerts, as other programs see them.
class AlertRecordsTest {
  @TempDir private Path stateDirectory;

  /// An alert of a host and the incident that it begins.
  private static void cause(Harness harness) {
    for (int minute = 0; minute < 3; minute++) {
      harness.send(
          new Telemetry.Tampering(
              Given.evidence(
                      minute,
                      START.plus(Duration.ofMinutes(minute)),
                      "some-rule",
                      "/usr/lib/liblzma.so.5.4.1")
                  .build()));
    }
  }

  private static Alert decoded(TestRecord<String, byte[]> record) {
    return Harness.TOPICS
        .alerts()
        .valueSerde()
        .deserializer()
        .deserialize(Harness.TOPICS.alerts().name(), record.value());
  }

  private static String header(TestRecord<String, byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }

  @Test
  void should_write_each_alert_as_json_too_when_that_is_wanted() {
    try (var harness = Harness.writingJson(stateDirectory)) {
      // when
      cause(harness);
      var avro = harness.alertRecords();
      var json = harness.rawAlertsJson();

      // then
      assertThat(avro).hasSizeGreaterThan(1).hasSameSizeAs(json);
      for (int i = 0; i < avro.size(); i++) {
        assertThat(new String(json.get(i).value(), StandardCharsets.UTF_8))
            .isEqualTo(AlertJson.of(decoded(avro.get(i))));
        assertThat(json.get(i).key()).isEqualTo(avro.get(i).key());
        assertThat(json.get(i).timestamp()).isEqualTo(avro.get(i).timestamp());
        assertThat(header(json.get(i), "ce_id")).isEqualTo(header(avro.get(i), "ce_id"));
        assertThat(header(json.get(i), "content-type")).isEqualTo("application/json");
        assertThat(header(avro.get(i), "content-type")).isEqualTo("application/avro");
        assertThat(json.get(i).headers().toArray()).hasSameSizeAs(avro.get(i).headers().toArray());
      }
    }
  }

  @Test
  void should_write_no_json_when_it_is_not_wanted() {
    try (var harness = new Harness(stateDirectory)) {
      cause(harness);

      assertThat(harness.alertRecords()).isNotEmpty();
      assertThat(harness.rawAlertsJson()).isEmpty();
    }
  }

  @Test
  void should_name_each_step_by_its_alert_and_number_and_the_same_when_replayed(
      @TempDir Path again) {
    // when
    List<TestRecord<String, byte[]>> first;
    try (var harness = new Harness(stateDirectory)) {
      cause(harness);
      first = new ArrayList<>(harness.alertRecords());
    }
    List<TestRecord<String, byte[]>> second;
    try (var harness = new Harness(again)) {
      cause(harness);
      second = harness.alertRecords();
    }

    // then
    assertThat(second).hasSameSizeAs(first);
    for (int i = 0; i < first.size(); i++) {
      assertThat(second.get(i).value()).isEqualTo(first.get(i).value());
      assertThat(second.get(i).headers()).isEqualTo(first.get(i).headers());
      assertThat(second.get(i).key()).isEqualTo(first.get(i).key());
    }
    assertThat(first.stream().map(record -> header(record, "ce_id")))
        .doesNotHaveDuplicates()
        .isEqualTo(
            first.stream()
                .map(AlertRecordsTest::decoded)
                .map(alert -> alert.getAlertId() + "/" + alert.getRevision())
                .toList());
  }

  @Test
  void should_time_each_record_by_the_event() {
    try (var harness = new Harness(stateDirectory)) {
      cause(harness);

      assertThat(harness.alertRecords())
          .allSatisfy(
              record -> assertThat(record.getRecordTime()).isEqualTo(decoded(record).getAt()));
    }
  }
}
