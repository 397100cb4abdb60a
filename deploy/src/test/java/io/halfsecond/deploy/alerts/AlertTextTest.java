package io.halfsecond.deploy.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.halfsecond.schemas.Acknowledgement;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertJson;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.Decision;
import io.halfsecond.schemas.Quantiles;
import io.halfsecond.schemas.RecordJson;
import io.halfsecond.schemas.ShiftFinding;
import io.halfsecond.schemas.Tier;
import java.util.List;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;

class AlertTextTest {
  private static final String ID = "00112233445566778899aabbccddeeff";

  @Test
  void should_put_time_state_tier_and_id_before_the_summary() {
    assertThat(AlertText.line(Given.startup(ID).build()))
        .isEqualTo(
            "2026-03-29 12:00:00Z  OPENED        STEP   00112233  web-17: sshd startup 8.2 ms → 511"
                + " ms.");
    assertThat(
            AlertText.line(
                Given.startup(ID).setState(AlertState.ACKNOWLEDGED).setTier(Tier.CREEP).build()))
        .isEqualTo(
            "2026-03-29 12:00:00Z  ACKNOWLEDGED  CREEP  00112233  web-17: sshd startup 8.2 ms → 511"
                + " ms.");
  }

  @Test
  void should_stay_one_line_whatever_a_person_has_written() {
    var alert =
        Given.startup(ID).setSummary("web-17: sshd startup. Accepted by a: \u001b[2Jb\nc").build();

    assertThat(AlertText.line(alert)).endsWith("web-17: sshd startup. Accepted by a: ?[2Jb?c");
  }

  @Test
  void should_print_the_evidence_below_the_line_and_nothing_that_a_terminal_obeys() {
    var alert =
        Given.startup(ID)
            .setEvidence(List.of("web-17: sshd startup", "Suspect 1: /tmp/a\u001b[2Jb\nc"))
            .build();

    assertThat(AlertText.evidence(alert))
        .containsExactly(
            AlertText.line(alert), "  web-17: sshd startup", "  Suspect 1: /tmp/a?[2Jb?c");
  }

  @Test
  void should_give_every_fact_as_json() throws Exception {
    var alert = Given.decided(ID, Decision.ACCEPT).build();
    var shift = (ShiftFinding) alert.getFinding();
    shift.setWaitingBefore(0.05);
    shift.setWaitingAfter(0.06);

    var json = AlertJson.of(alert);

    var read = new ObjectMapper().readTree(json);
    assertThat(fields(read)).containsExactlyElementsOf(fields(Alert.getClassSchema()));
    assertThat(fields(read.path("finding")))
        .startsWith("kind")
        .containsAll(fields(ShiftFinding.getClassSchema()));
    assertThat(RecordJson.read(Alert.class, read)).isEqualTo(alert);
    assertThat(fields(read.path("finding").path("before")))
        .containsExactlyElementsOf(fields(Quantiles.getClassSchema()));
    assertThat(fields(read.path("acknowledgement")))
        .containsExactlyElementsOf(fields(Acknowledgement.getClassSchema()));
    assertThat(json)
        .doesNotContain("\n")
        .contains(
            "\"alertId\":\"" + ID + "\",\"state\":\"ACKNOWLEDGED\"",
            "\"tier\":\"STEP\"",
            "\"cohort\":\"debian-12-x86_64\",\"subject\":\"startup/all\"",
            "\"finding\":{\"kind\":\"ShiftFinding\",\"signal\":\"STARTUP\"",
            "\"unit\":\"NANOSECONDS\"",
            "\"waitingAfter\":0.06",
            "\"onset\":\"2026-03-29T11:59:30Z\"",
            "\"before\":{\"count\":310,\"p50\":8200000.0,",
            "\"acknowledgement\":{\"decision\":\"ACCEPT\",\"who\":\"alice@bastion\",\"at\":\"2026-03-29T12:01:00Z\"");
  }

  @Test
  void should_give_null_in_json_for_what_is_not_known() {
    assertThat(AlertJson.of(Given.startup(ID).build()))
        .contains("\"waitingBefore\":null", "\"acknowledgement\":null");
  }

  private static Iterable<String> fields(JsonNode object) {
    return object::fieldNames;
  }

  private static Iterable<String> fields(Schema schema) {
    return schema.getFields().stream().map(Schema.Field::name).toList();
  }
}
