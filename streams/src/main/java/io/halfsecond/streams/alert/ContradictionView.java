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
    return "%s (%s)".formatted(finding.getAbout(), finding.getRule());
  }

  @Override
  public String titleOver() {
    return title() + " is over";
  }

  @Override
  public List<String> evidence() {
    var lines = new ArrayList<String>();
    lines.add("Seen %s.".formatted(Words.time(alert.getOnset())));
    lines.addAll(statements());
    return lines;
  }

  private List<String> statements() {
    return finding.getStatements().stream()
        .map(statement -> "%s: %s".formatted(statement.getSource(), statement.getText()))
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
    return "%s since %s.".formatted(titleOver(), Words.time(alert.getAt()));
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
