package io.halfsecond.deploy.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertJson;
import io.halfsecond.schemas.AvroSerde;
import io.halfsecond.schemas.Decision;
import io.halfsecond.schemas.Printable;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.SerializationException;

class AlertTextFuzzTest {
  private static final AvroSerde<Alert> SERDE = AvroSerde.of(Alert.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  @FuzzTest
  void should_show_any_alert_without_control_characters(byte[] input)
      throws JsonProcessingException {
    // given
    Alert alert;
    try {
      alert = SERDE.decode(input);
    } catch (SerializationException unreadable) {
      return;
    }
    var alerts = NewestAlerts.of(List.of(alert));

    // when
    var shown =
        Stream.of(
                Stream.of(
                    AlertText.line(alert), AlertText.summary(alert), AlertText.shortId(alert)),
                new AlertTable(List.of(alert)).row(alert).lines(),
                Stream.of(Decision.values())
                    .flatMap(decision -> alerts.objection(alert, decision).stream()))
            .flatMap(lines -> lines)
            .toList();

    // then
    assertThat(shown).allSatisfy(line -> assertThat(line).isEqualTo(Printable.of(line)));
    assertThat(AlertJson.of(alert)).isEqualTo(Printable.of(AlertJson.of(alert)));
    assertThat(JSON.readTree(AlertJson.of(alert)).get("alertId").asText())
        .isEqualTo(alert.getAlertId());
  }
}
