package io.halfsecond.deploy.cli;

import io.halfsecond.deploy.alerts.AlertTable;
import io.halfsecond.deploy.alerts.AlertText;
import io.halfsecond.deploy.alerts.OpenList;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertJson;
import io.halfsecond.schemas.Tier;
import io.halfsecond.streams.alert.OpenAlerts;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Help.Ansi.Style;

/// Prints alerts in one of the forms that a user can choose.
final class AlertPrinter {
  enum Form {
    TEXT,
    TABLE,
    JSON
  }

  private final Form form;
  private final boolean colour;
  private final PrintWriter out;
  private Optional<AlertTable> table = Optional.empty();

  AlertPrinter(Form form, Surroundings around) {
    this.form = form;
    this.colour = around.terminal() && allowsColour(around.environment());
    this.out = around.out();
  }

  /// By the convention of no-color.org, and not on a terminal that says that it has no colours.
  private static boolean allowsColour(Map<String, String> environment) {
    return environment.getOrDefault("NO_COLOR", "").isEmpty()
        && !environment.getOrDefault("TERM", "").equals("dumb");
  }

  Form form() {
    return form;
  }

  /// Each on its line. The header of a table comes with the first alerts.
  void print(List<Alert> alerts) {
    print(alerts.stream());
  }

  /// @param all whether to list what an alert covers below it, or only to count it
  void print(OpenList open, boolean all) {
    switch (form) {
      case TEXT -> {
        for (var entry : open.entries()) {
          out.println(text(entry.alert()));
          (all
                  ? entry.below().stream().map(alert -> OpenList.Entry.mark(text(alert)))
                  : entry.count())
              .forEach(out::println);
        }
        if (all) {
          print(open.rest());
        }
      }
      case TABLE ->
          print(
              all
                  ? Stream.concat(
                      open.entries().stream()
                          .flatMap(
                              entry ->
                                  Stream.concat(Stream.of(entry.alert()), entry.below().stream())),
                      open.rest().stream())
                  : open.entries().stream().map(OpenList.Entry::alert));
      case JSON -> throw new IllegalStateException("JSON has all, without an order of theirs");
    }
    out.flush();
  }

  private void print(Stream<Alert> stream) {
    var alerts = stream.toList();
    if (form == Form.TABLE && !alerts.isEmpty() && table.isEmpty()) {
      table = Optional.of(new AlertTable(alerts));
      out.println(table.get().header());
    }
    alerts.forEach(alert -> out.println(line(alert)));
    out.flush();
  }

  private String line(Alert alert) {
    return switch (form) {
      case TEXT -> text(alert);
      case TABLE -> painted(alert, table.orElseThrow().row(alert));
      case JSON -> AlertJson.of(alert);
    };
  }

  private String text(Alert alert) {
    return colour
        ? painted(alert, AlertText.head(alert)) + "  " + AlertText.summary(alert)
        : AlertText.line(alert);
  }

  /// Red is what pages, yellow what can wait, and faint what is over.
  private String painted(Alert alert, String text) {
    if (!colour) {
      return text;
    }
    var style =
        OpenAlerts.isOver(alert)
            ? Style.faint
            : alert.getTier() == Tier.STEP ? Style.fg_red : Style.fg_yellow;
    return Style.on(style) + text + Style.off(style);
  }
}
