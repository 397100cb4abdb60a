package io.halfsecond.streams.alert;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.Direction;
import io.halfsecond.schemas.Phase;
import io.halfsecond.schemas.SelfTestFinding;
import io.halfsecond.schemas.Unit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// A program that costs more or less as a service than in another environment. It has neither an
/// onset nor an interval.
record SelfTestView(Alert alert, SelfTestFinding finding) implements FindingView {

  @Override
  public String title() {
    return "%s takes %s%s as a service, %s %s"
        .formatted(
            finding.getCommand(),
            Words.nanos(finding.getServiceNanos()),
            switch (finding.getResource()) {
              case CPU_TIME -> " of CPU";
              case WALL_TIME, UNKNOWN -> "";
            },
            Words.nanos(finding.getOtherNanos()),
            environment());
  }

  @Override
  public String titleOver() {
    return "%s costs the same as a service and %s again"
        .formatted(finding.getCommand(), environment());
  }

  @Override
  public List<String> evidence() {
    return List.of(
        "Median of %s each: %s, against %s %s; seen %s."
            .formatted(
                Words.count(finding.getRuns(), "run"),
                Words.nanos(finding.getServiceNanos()),
                Words.nanos(finding.getOtherNanos()),
                environment(),
                Words.time(alert.getOnset())),
        String.format(
            Locale.ROOT,
            "p = %.1g by chance.%s",
            finding.getPValue(),
            Sentence.evidence(finding.getEvidenceDays(), finding.getLimitDays())));
  }

  @Override
  public String open() {
    return "%s (%s each; self-test), seen %s.%s%s"
        .formatted(
            title(),
            Words.count(finding.getRuns(), "run"),
            Words.time(alert.getOnset()),
            Reason.of(alert),
            Sentence.evidence(finding.getEvidenceDays(), finding.getLimitDays()));
  }

  @Override
  public String over() {
    return "%s, after %s and %s since %s."
        .formatted(
            titleOver(),
            Words.nanos(finding.getServiceNanos()),
            Words.nanos(finding.getOtherNanos()),
            Words.time(alert.getOnset()));
  }

  private String environment() {
    return switch (finding.getEnvironment()) {
      case TERMINAL -> "with TERM set";
      case NO_LANGUAGE -> "without LANG";
      case LOADER_DEBUG -> "with LD_DEBUG set";
      case OTHER_NAME -> "under another name";
      case UNKNOWN -> "in an environment of a newer version";
    };
  }

  @Override
  public Phase phase() {
    return Phase.STARTUP;
  }

  @Override
  public Direction direction() {
    return finding.getServiceNanos() < finding.getOtherNanos() ? Direction.DOWN : Direction.UP;
  }

  @Override
  public Optional<Moved> moved() {
    double service = finding.getServiceNanos();
    double other = finding.getOtherNanos();
    return Optional.of(new Moved(other, service, service - other, Unit.NANOSECONDS));
  }
}
