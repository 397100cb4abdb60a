package io.halfsecond.streams.alert;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.ContradictionFinding;
import io.halfsecond.schemas.Direction;
import io.halfsecond.schemas.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Two sources of evidence contradict each other.
record ContradictionView(Alert alert, ContradictionFinding finding) implements FindingView {

  @Override
  public String title() {
    return "%s%s (%s)".formatted(finding.getAbout(), detail(", "), finding.getRule());
  }

  @Override
  public String titleOver() {
    return "%s (%s) is over%s".formatted(finding.getAbout(), finding.getRule(), detail(": "));
  }

  /// Several hosts share what the alert is about, and not the rest.
  private String detail(String separator) {
    return finding.getDetail().isEmpty() || !Who.isOneHost(alert)
        ? ""
        : separator + finding.getDetail();
  }

  @Override
  public List<String> evidence() {
    var lines = new ArrayList<String>();
    lines.add("Seen %s.".formatted(Words.time(alert.getOnset())));
    lines.addAll(statements());
    return lines;
  }

  private List<String> statements() {
    var who = Who.hosts(alert).size() > 1 ? "on one of them, " : "";
    return finding.getStatements().stream()
        .map(statement -> "%s%s: %s".formatted(who, statement.getSource(), statement.getText()))
        .toList();
  }

  @Override
  public String open() {
    return "%s, seen %s. %s.%s"
        .formatted(
            title(),
            Words.time(alert.getOnset()),
            String.join("; ", statements()),
            Reason.of(alert));
  }

  @Override
  public String over() {
    return "%s (%s) is over since %s%s."
        .formatted(finding.getAbout(), finding.getRule(), Words.time(alert.getAt()), detail(": "));
  }

  @Override
  public Phase phase() {
    return Phase.UNKNOWN;
  }

  @Override
  public Direction direction() {
    return Direction.UNKNOWN;
  }

  @Override
  public Optional<Moved> moved() {
    return Optional.empty();
  }
}
