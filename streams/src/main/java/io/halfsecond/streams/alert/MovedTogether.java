package io.halfsecond.streams.alert;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertScope;
import io.halfsecond.schemas.Decision;
import io.halfsecond.schemas.ShiftFinding;
import io.halfsecond.schemas.Tier;
import io.halfsecond.streams.attribution.Trait;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Which alerts of a host are one: signals that one cause has moved. Pure.
///
/// Signals have moved together if their onset windows overlap: then one moment explains all of
/// them. The alert that opened first stands for the others.
final class MovedTogether {
  /// As for suspects: sources are dated by different clocks.
  private static final Duration CLOCKS = Duration.ofSeconds(1);

  /// A shift near the dead zone takes some 360 measurements, six hours of a probe a minute. What
  /// shows only after a day is not what the person saw who decided.
  private static final Duration DECIDED_FOR = Duration.ofDays(1);

  private static final List<Tier> BY_URGENCY = List.of(Tier.STEP, Tier.CREEP);

  /// The first of several that moved together comes first.
  static final Comparator<Alert> IN_ORDER =
      Comparator.comparing(Alert::getOpenedAt).thenComparing(Alert::getAlertId);

  private MovedTogether() {}

  /// The alert that stands for this one: urgent and confirmed enough that a reader of it misses
  /// nothing. A dismissed alert stands for dismissed ones only, because nobody reads it.
  ///
  /// @param open alerts of the host that are open already
  static Optional<Alert> first(Alert alert, Collection<Alert> open) {
    return open.stream()
        .filter(other -> !other.getAlertId().equals(alert.getAlertId()))
        .filter(other -> other.getMovedWith().isEmpty())
        .filter(other -> !other.getOpenedAt().isAfter(alert.getOpenedAt()))
        .filter(other -> areOne(other, alert) && isAsUrgent(other, alert))
        .filter(
            other ->
                isDismissed(alert)
                    || (!isDismissed(other) && (other.getConfirmed() || !alert.getConfirmed())))
        .min(IN_ORDER);
  }

  private static boolean isDismissed(Alert alert) {
    return Alerts.dismissed(alert.getAcknowledgement());
  }

  /// The accepted alert whose acceptance holds for this one too: a person has accepted all that is
  /// suspected here, for a shift that was there by then and is as urgent.
  ///
  /// @param accepted accepted alerts of the host
  static Optional<Alert> acceptance(Alert alert, Collection<Alert> accepted) {
    return Trait.suspected(alert).isEmpty()
        ? Optional.empty()
        : decided(alert, Decision.ACCEPT, accepted);
  }

  /// The dismissed alert whose dismissal holds for this one too. As for an acceptance, but nothing
  /// has to be suspected: a dismissal learns nothing.
  ///
  /// @param open alerts of the host that are open already
  static Optional<Alert> dismissal(Alert alert, Collection<Alert> open) {
    return decided(alert, Decision.DISMISS, open);
  }

  private static Optional<Alert> decided(Alert alert, Decision decision, Collection<Alert> others) {
    var suspects = Trait.suspected(alert);
    return others.stream()
        .filter(other -> OpenAlerts.decision(other) == decision)
        .filter(other -> Trait.suspected(other).containsAll(suspects))
        .filter(other -> areOne(other, alert) && isAsUrgent(other, alert))
        .filter(other -> isTimely(alert, other.getAcknowledgement().orElseThrow().getAt()))
        .min(
            Comparator.comparing((Alert other) -> other.getMovedWith().isPresent())
                .thenComparing(IN_ORDER));
  }

  private static boolean isTimely(Alert alert, Instant decidedAt) {
    return !alert.getOnset().isAfter(decidedAt)
        && !alert.getOpenedAt().isAfter(decidedAt.plus(DECIDED_FOR));
  }

  /// Whether an incident is sure to cover the alert: it suspects what other hosts may share.
  static boolean isOfAnIncident(Alert alert) {
    return switch (alert.getScope()) {
      case COHORT -> true;
      case HOST -> !alert.getCohort().isEmpty() && !Trait.suspected(alert).isEmpty();
      case INCIDENT, UNKNOWN -> false;
    };
  }

  private static boolean areOne(Alert one, Alert other) {
    return isDatedShift(one)
        && isDatedShift(other)
        && FindingView.of(one).direction() == FindingView.of(other).direction()
        && !from(one).isAfter(to(other).plus(CLOCKS))
        && !from(other).isAfter(to(one).plus(CLOCKS));
  }

  /// A drift has no onset.
  private static boolean isDatedShift(Alert alert) {
    return alert.getScope() == AlertScope.HOST
        && alert.getFinding() instanceof ShiftFinding
        && BY_URGENCY.contains(alert.getTier());
  }

  private static boolean isAsUrgent(Alert alert, Alert as) {
    return BY_URGENCY.indexOf(alert.getTier()) <= BY_URGENCY.indexOf(as.getTier());
  }

  private static Instant from(Alert alert) {
    return alert.getOnsetNotBefore().orElse(alert.getOnset());
  }

  private static Instant to(Alert alert) {
    return alert.getOnsetNotAfter().orElse(alert.getOnset());
  }
}
