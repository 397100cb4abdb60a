package io.halfsecond.streams.alert;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.ContradictionFinding;
import io.halfsecond.schemas.Direction;
import io.halfsecond.schemas.Phase;
import java.util.Optional;
import java.util.stream.Collectors;

/// Two sources of evidence contradict each other.
record ContradictionView(Alert alert, ContradictionFinding finding) implements FindingView {

  @Override
  public String open() {
    var statements =
        finding.getStatements().stream()
            .map(statement -> "%s: %s".formatted(statement.getSource(), statement.getText()))
            .collect(Collectors.joining("; "));
    return "%s (%s), seen %s. %s.%s"
        .formatted(
            finding.getAbout(),
            finding.getKind(),
            Sentence.time(alert.getOnset()),
            statements,
            Reason.of(alert));
  }

  @Override
  public String over() {
    return "%s (%s) is over since %s."
        .formatted(finding.getAbout(), finding.getKind(), Sentence.time(alert.getAt()));
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
