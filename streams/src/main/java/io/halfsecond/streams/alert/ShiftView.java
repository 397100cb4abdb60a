package io.halfsecond.streams.alert;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.Direction;
import io.halfsecond.schemas.Phase;
import io.halfsecond.schemas.ShiftFinding;
import io.halfsecond.schemas.Signal;
import io.halfsecond.schemas.Tier;
import io.halfsecond.streams.attribution.Suspects;
import io.halfsecond.streams.measurement.Signals;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// A shift of a signal.
record ShiftView(Alert alert, ShiftFinding finding) implements FindingView {
  /// Below this ratio the sentence has the difference only.
  private static final double NOTABLE_RATIO = 1.1;

  @Override
  public String title() {
    return "%s %s → %s"
        .formatted(
            subject(), value(finding.getBefore().getP50()), value(finding.getAfter().getP50()));
  }

  @Override
  public String titleOver() {
    return "%s is back near %s".formatted(subject(), value(finding.getBefore().getP50()));
  }

  @Override
  public List<String> evidence() {
    var before = finding.getBefore();
    var after = finding.getAfter();
    var lines = new ArrayList<String>();
    lines.add(
        "Median %s → %s, 95 %% below %s → %s, 99 %% below %s → %s."
            .formatted(
                value(before.getP50()),
                value(after.getP50()),
                value(before.getP95()),
                value(after.getP95()),
                value(before.getP99()),
                value(after.getP99())));
    lines.add("Difference of the medians %s; 95 %% interval in brackets.".formatted(shift()));
    lines.add(
        "Before: %s. Since %s: %s, %s."
            .formatted(
                counted(before.getCount()),
                Words.time(alert.getOnset()),
                counted(finding.getConnections()),
                Words.count(finding.getVotes(), "vote")));
    Stream.of(waiting(), evidenceDays())
        .map(String::strip)
        .filter(text -> !text.isEmpty())
        .forEach(lines::add);
    return lines;
  }

  private String shift() {
    return "%s [%s, %s]%s"
        .formatted(
            (finding.getShift() < 0 ? "" : "+") + value(finding.getShift()),
            value(finding.getShiftLow()),
            value(finding.getShiftHigh()),
            ratio());
  }

  private String counted(long count) {
    return Words.count(count, row().map(Signals.Row::counted).orElse("connection"));
  }

  @Override
  public String open() {
    var moved = "%s (%s)".formatted(title(), shift());
    if (alert.getTier() == Tier.DRIFT) {
      return moved
          + ": its baseline has drifted from where it first stood, too slowly for STEP and CREEP.";
    }
    return "%s since %s, over %s%s.%s%s%s"
        .formatted(
            moved,
            Words.time(alert.getOnset()),
            counted(finding.getConnections()),
            finding.getPreliminary() ? " (preliminary)" : "",
            Reason.of(alert),
            waiting(),
            evidenceDays());
  }

  @Override
  public String over() {
    return "%s after %s since %s."
        .formatted(titleOver(), value(finding.getAfter().getP50()), Words.time(alert.getOnset()));
  }

  private String subject() {
    var signal = row().map(Signals.Row::words).orElse("signal " + finding.getSignal());
    return finding.getStratum().equals("all")
        ? "sshd " + signal
        : "sshd %s of %s".formatted(signal, finding.getStratum());
  }

  /// Empty for a signal of a newer version.
  private Optional<Signals.Row> row() {
    return Optional.of(finding.getSignal())
        .filter(signal -> signal != Signal.UNKNOWN)
        .map(Signals::of);
  }

  private String ratio() {
    double before = finding.getBefore().getP50();
    double ratio = finding.getAfter().getP50() / before;
    if (before <= 0 || ratio < NOTABLE_RATIO) {
      return "";
    }
    return String.format(Locale.ROOT, ratio < 10 ? ", %.1f×" : ", %.0f×", ratio);
  }

  /// Whether load can be the cause.
  private String waiting() {
    if (finding.getWaitingBefore().isEmpty() || finding.getWaitingAfter().isEmpty()) {
      return "";
    }
    double before = finding.getWaitingBefore().get();
    double after = finding.getWaitingAfter().get();
    return String.format(
        Locale.ROOT,
        " Waiting for a CPU %.0f %% → %.0f %%: %s.",
        100 * before,
        100 * after,
        Suspects.mayBeLoad(finding)
            ? "the host is busier, which may be the reason"
            : Suspects.waitsLonger(finding)
                ? "not for load, it was there without"
                : "not for load");
  }

  private String evidenceDays() {
    return finding
        .getEvidenceDays()
        .flatMap(days -> finding.getLimitDays().map(limit -> Sentence.evidence(days, limit)))
        .orElse("");
  }

  private String value(double value) {
    return Words.amount(value, finding.getUnit());
  }

  @Override
  public Phase phase() {
    return finding.getPhase();
  }

  @Override
  public Direction direction() {
    return finding.getDirection();
  }

  @Override
  public Optional<Moved> moved() {
    return Optional.of(
        new Moved(
            finding.getBefore().getP50(),
            finding.getAfter().getP50(),
            finding.getShift(),
            finding.getUnit()));
  }
}
