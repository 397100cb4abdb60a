package io.halfsecond.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.deploy.alerts.AlertText;
import io.halfsecond.deploy.alerts.Given;
import io.halfsecond.deploy.service.Stop;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.Tier;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AlertPrinterTest {
  private static final String RED = "\u001b[31m";
  private static final String YELLOW = "\u001b[33m";

  private final Alert step = Given.startup("00112233").build();
  private final Alert creep = Given.startup("11112233").setTier(Tier.CREEP).build();
  private final Alert over = Given.startup("22112233").setState(AlertState.RESOLVED).build();

  @Test
  void should_colour_what_is_urgent_on_a_terminal_and_leave_the_sentence_plain() {
    var lines = print(AlertPrinter.Form.TEXT, true, Map.of());

    assertThat(lines.get(0)).startsWith(RED).endsWith("m  " + step.getSummary());
    assertThat(lines.get(1)).startsWith(YELLOW).endsWith("m  " + creep.getSummary());
    assertThat(lines.get(2)).doesNotContain(RED, YELLOW);
    assertThat(print(AlertPrinter.Form.TABLE, true, Map.of()))
        .filteredOn(line -> line.startsWith(RED))
        .hasSize(1);
  }

  @Test
  void should_not_colour_a_pipe_or_where_nobody_wants_it() {
    var plain = List.of(AlertText.line(step), AlertText.line(creep), AlertText.line(over));

    assertThat(print(AlertPrinter.Form.TEXT, false, Map.of())).isEqualTo(plain);
    assertThat(print(AlertPrinter.Form.TEXT, true, Map.of("NO_COLOR", "1"))).isEqualTo(plain);
    assertThat(print(AlertPrinter.Form.TEXT, true, Map.of("TERM", "dumb"))).isEqualTo(plain);
    assertThat(print(AlertPrinter.Form.TEXT, true, Map.of("NO_COLOR", ""))).isNotEqualTo(plain);
    assertThat(print(AlertPrinter.Form.JSON, true, Map.of()))
        .allSatisfy(line -> assertThat(line).startsWith("{").endsWith("}"));
  }

  @Test
  void should_print_the_header_of_a_table_once_and_none_without_an_alert() {
    var out = new StringWriter();
    var printer = printer(AlertPrinter.Form.TABLE, out, false, Map.of());

    printer.print(List.of());
    assertThat(out.toString()).isEmpty();

    printer.print(List.of(step));
    printer.print(List.of(creep));
    assertThat(out.toString().lines().toList()).hasSize(3).first().asString().startsWith("OPENED");
  }

  private List<String> print(
      AlertPrinter.Form form, boolean terminal, Map<String, String> environment) {
    var out = new StringWriter();
    printer(form, out, terminal, environment).print(List.of(step, creep, over));
    return out.toString().lines().toList();
  }

  private static AlertPrinter printer(
      AlertPrinter.Form form, StringWriter out, boolean terminal, Map<String, String> environment) {
    return new AlertPrinter(
        form,
        new Surroundings(
            new PrintWriter(out),
            new PrintWriter(new StringWriter()),
            terminal,
            environment,
            new Stop()));
  }
}
