package io.halfsecond.deploy.fleet;

import io.halfsecond.deploy.api.GateReport;
import io.halfsecond.deploy.api.GateReport.SignalChange;
import io.halfsecond.deploy.api.GateReport.Verdict;
import io.halfsecond.deploy.terminal.Columns;
import io.halfsecond.schemas.Printable;
import io.halfsecond.streams.alert.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Whether logins are slower with a change, in words.
public final class GateText {
  private static final int MOST_NAMES = 10;

  private GateText() {}

  /// The answer on the first line, then the hosts, then each signal.
  public static List<String> lines(GateReport report) {
    var lines = new ArrayList<String>();
    lines.add(
        switch (report.verdict()) {
          case SLOWER -> slower(report);
          case NO_SLOWER ->
              "No slower than %s (confidence %s)."
                  .formatted(Words.nanos(report.within()), percent(report.confidence()));
          case NOT_KNOWN_YET -> "Not known yet. " + lacking(report);
        });
    if (report.hosts() > 0) {
      lines.add(hosts(report));
    }
    if (!report.absent().isEmpty()) {
      lines.add(
          "No evidence of %s: not known, or nothing has changed there in the last week."
              .formatted(String.join(", ", report.absent().stream().map(Printable::of).toList())));
    }
    lines.addAll(
        Columns.lines(
            report.signals().stream()
                .map(
                    signal ->
                        List.of(
                            "  " + signal.signal(),
                            change(signal),
                            interval(signal),
                            Words.count(signal.logins(), "login"),
                            "higher on %d of %s"
                                .formatted(
                                    signal.showing().size(), Words.count(signal.hosts(), "host"))))
                .toList()));
    if (report.unreadable() > 0) {
      lines.add(
          "The trials of %s cannot be read.".formatted(Words.count(report.unreadable(), "host")));
    }
    return lines;
  }

  private static String slower(GateReport report) {
    var signal =
        report.signals().stream()
            .filter(each -> report.clearest().filter(each.signal()::equals).isPresent())
            .findFirst();
    return "Slower: "
        + signal
            .map(
                found ->
                    "%s by %s %s, on %d of %s%s."
                        .formatted(
                            found.signal(),
                            change(found),
                            interval(found),
                            found.showing().size(),
                            Words.count(found.hosts(), "host"),
                            names(found)))
            .orElse("by more than " + Words.nanos(report.within()));
  }

  private static String names(SignalChange signal) {
    return signal.showing().isEmpty() || signal.showing().size() > MOST_NAMES
        ? ""
        : " (" + String.join(", ", signal.showing()) + ")";
  }

  private static String lacking(GateReport report) {
    if (report.hosts() == 0) {
      return "No host has got this change in the last week.";
    }
    if (report.lacking().isEmpty() && !report.absent().isEmpty()) {
      return "The other hosts are no slower than %s.".formatted(Words.nanos(report.within()));
    }
    if (report.lacking().isEmpty()) {
      return "Too little is known of the hosts' past.";
    }
    var lacking = report.lacking().get();
    if (lacking.logins().isEmpty()) {
      return "At the present figures of %s it will not be shown that it is no slower than %s."
          .formatted(lacking.signal(), Words.nanos(report.within()));
    }
    return "%s%s lacks %s%s%s."
        .formatted(
            lacking.verdict() == Verdict.SLOWER ? "To be shown slower, " : "",
            lacking.signal(),
            Words.count(lacking.logins().get(), "login"),
            lacking
                .hosts()
                .map(
                    hosts ->
                        ", or as many as %s give".formatted(Words.count(hosts, "further host")))
                .orElse(""),
            lacking
                .by()
                .map(by -> "; at today's rate by " + Words.time(by))
                .orElse("; these hosts alone will not give them"));
  }

  private static String hosts(GateReport report) {
    int alone = report.hosts() - report.accompanied();
    return "%s the change, %d measured. %s"
        .formatted(
            Words.count(report.hosts(), "host") + (report.hosts() == 1 ? " has" : " have"),
            report.measured(),
            alone == 0
                ? "All are compared with hosts without it."
                : "%d of them have only their own past to compare with: what slows all hosts looks"
                        .formatted(alone)
                    + " like the change there.");
  }

  private static String change(SignalChange signal) {
    return signal.change().map(GateText::signed).orElse("–");
  }

  private static String interval(SignalChange signal) {
    return "[%s, %s]".formatted(end(signal.low()), end(signal.high()));
  }

  private static String end(Optional<Double> nanos) {
    return nanos.map(GateText::signed).orElse("?");
  }

  private static String signed(double nanos) {
    return (nanos < 0 ? "−" : "+") + Words.nanos(Math.abs(nanos));
  }

  private static String percent(double share) {
    var text = String.format(Locale.ROOT, "%.4f", 100 * share);
    return text.replaceAll("0+$", "").replaceAll("\\.$", "") + " %";
  }
}
