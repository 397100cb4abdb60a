package io.halfsecond.deploy.alerts;

import static io.halfsecond.deploy.alerts.Given.incident;
import static io.halfsecond.deploy.alerts.Given.startup;
import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.Tier;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AlertTableTest {
  private static final String ID = "00112233445566778899aabbccddeeff";

  @Test
  void should_align_its_columns_and_say_who_what_and_from_what_to_what() {
    var shift = startup(ID).setSubject("preauth/publickey/failed").setTier(Tier.CREEP).build();
    var incident =
        incident("11" + ID.substring(2), Map.of("web-17", List.of(), "web-18", List.of()))
            .setState(AlertState.ACKNOWLEDGED)
            .build();
    var evidence = Given.contradiction("22" + ID.substring(2), "evidence/log-silent").build();
    var selfTest = Given.selfTest("33" + ID.substring(2)).build();

    var table = new AlertTable(List.of(shift, incident, evidence, selfTest));

    assertThat(
            String.join(
                "\n",
                table.header(),
                table.row(shift),
                table.row(incident),
                table.row(evidence),
                table.row(selfTest)))
        .isEqualTo(
            """
            OPENED                HOST OR INCIDENT             SIGNAL                    FROM → TO        TIER   STATE         ID
            2026-03-29 12:00:00Z  web-17                       preauth/publickey/failed  8.2 ms → 511 ms  CREEP  OPENED        00112233
            2026-03-29 12:00:00Z  2 hosts of debian-12-x86_64  startup                   8.2 ms → 511 ms  STEP   ACKNOWLEDGED  11112233
            2026-03-29 12:00:00Z  web-17                       evidence/log-silent       –                STEP   OPENED        22112233
            2026-03-29 12:00:00Z  web-17                       selftest/sshd/term-set    4.0 ms → 510 ms  STEP   OPENED        33112233\
            """);
  }

  @Test
  void should_keep_its_columns_for_a_later_row_that_is_wider() {
    var table = new AlertTable(List.of(startup(ID).build()));

    assertThat(table.row(startup(ID).setHost("a-much-longer-name").build()))
        .isEqualTo(
            "2026-03-29 12:00:00Z  a-much-longer-name  startup  8.2 ms → 511 ms  STEP  OPENED "
                + " 00112233");
  }

  @Test
  void should_print_nothing_that_a_terminal_obeys() {
    var alert = startup(ID).setHost("web\u001b[2J\n17").build();

    assertThat(new AlertTable(List.of(alert)).row(alert)).contains("  web?[2J?17  ");
  }
}
