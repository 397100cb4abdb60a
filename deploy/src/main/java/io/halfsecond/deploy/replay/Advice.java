package io.halfsecond.deploy.replay;

import io.halfsecond.collector.source.SourceMeter.Reason;
import io.halfsecond.collector.source.log.LogHistory.Defect;
import io.halfsecond.streams.replay.ReplaySummary.Skipped;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Why a log gave no measurement, and what to do about it: one sentence or two for each cause, none
/// for what did not happen.
final class Advice {
  private final Report.Logs logs;
  private final Report report;
  private final List<String> causes = new ArrayList<>();

  private Advice(Report report) {
    this.report = report;
    this.logs = report.logs();
  }

  /// Empty if there were measurements, or no line of a log.
  static List<String> of(Report report) {
    if (report.logs().lines().readCount() == 0 || !report.judged().measurements().isEmpty()) {
      return List.of();
    }
    var advice = new Advice(report);
    if (report.logs().connections() > 0) {
      advice.notMeasured();
    } else {
      advice.notConnected();
    }
    return List.copyOf(advice.causes);
  }

  /// Connections without a measurement.
  private void notMeasured() {
    var missing = logs.withoutDuration();
    add(
        missing.scans(),
        "connection%s ended before a key exchange: scans and refused clients have no duration.");
    add(
        missing.undecided(),
        "connection%s without a line that says how the login ended: the last lines are in no file,"
            + " or sshd's LogLevel is below INFO.");
    if (missing.beginnings() == 0) {
      add(
          missing.ofOneMoment(),
          "connection%s without a line that tells of the beginning, and so without a duration."
              + " LogLevel VERBOSE in sshd_config logs it.");
    } else if (logs.datedToTheSecond()) {
      add(
          missing.ofOneMoment(),
          "connection%s began and ended within the same second, and the log has whole seconds. Let"
              + " the log daemon write finer times (rsyslog: RSYSLOG_FileFormat).");
    } else {
      add(
          missing.ofOneMoment(),
          "connection%s with a single line, or several of the same time, and so without a"
              + " duration.");
    }
    skipped(Skipped.DUPLICATE, "connection%s read before: give each file once.");
    skipped(
        Skipped.LATE,
        "connection%s a day or more older than those before: give the files of a host from"
            + " the oldest to the newest.");
    skipped(Skipped.PROBE, "connection%s of the active probe: nobody's login.");
    skipped(Skipped.INCOMPLETE, "connection%s without some of the evidence.");
    skipped(
        Skipped.INSANE,
        "connection%s that cannot be true"
            + report
                .judged()
                .firstInsane()
                .map(why -> ", the first of them because " + why.replace("%", "%%"))
                .orElse("")
            + ".");
  }

  private void skipped(Skipped reason, String text) {
    add(report.judged().skipped().getOrDefault(reason, 0L), text);
  }

  /// Lines without a connection.
  private void notConnected() {
    if (logs.ofSshd() == 0) {
      causes.add("No line is one of sshd's.");
      defects();
      return;
    }
    defects();
    add(
        logs.lines().droppedCount(Reason.UNTRUSTED),
        "line%s of sshd without a pid (sshd -E), or not written by root, which belong to no"
            + " connection. Let sshd log to syslog or the journal.");
    add(
        logs.lines().droppedCount(Reason.IRRELEVANT),
        "line%s of sshd about neither who connects nor how a login ends: sshd's LogLevel is below"
            + " INFO, or the lines of logins are in another file.");
    if (!report.missing().isEmpty()) {
      causes.add("The lines are of other hosts than those that --host names.");
    }
  }

  private void defects() {
    logs.unreadable()
        .forEach(
            (defect, those) ->
                reason(defect)
                    .ifPresent(
                        why ->
                            add(
                                those.count(),
                                "line%s "
                                    + why
                                    + " The first is "
                                    + those.first().replace("%", "%%")
                                    + ".")));
  }

  private static Optional<String> reason(Defect defect) {
    return switch (defect) {
      case HOST ->
          Optional.of(
              "of a host that is empty or has no legal name, and cannot be judged: letters,"
                  + " digits, dots, hyphens and underscores are legal.");
      case TIME ->
          Optional.of(
              "without a time, or with one that is later than the file's own. Copy logs with their"
                  + " times (cp -p).");
      case FRAME -> Optional.of("with neither a time and a program nor a message of sshd's.");
      case CUT -> Optional.of("cut or too long.");
      case ENTRY -> Optional.of("that are no whole journal entries.");
    };
  }

  private void add(long count, String text) {
    if (count > 0) {
      causes.add(String.format(Locale.ROOT, "%,d ", count) + text.formatted(count == 1 ? "" : "s"));
    }
  }
}
