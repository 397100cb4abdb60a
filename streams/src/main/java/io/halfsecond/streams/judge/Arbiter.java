package io.halfsecond.streams.judge;

import io.halfsecond.schemas.AlertControl;
import io.halfsecond.streams.alert.AlertIds;
import io.halfsecond.streams.alert.Verdict;
import io.halfsecond.streams.alert.Verdict.Subject;
import io.halfsecond.streams.detector.AlertStep;
import io.halfsecond.streams.detector.Context;
import io.halfsecond.streams.detector.Detector;
import io.halfsecond.streams.detector.KeyState;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Carries out what people decide, on the key whose alert it is about.
record Arbiter(Detector detector) {

  /// @param complete whether telemetry is complete since an onset
  /// @return empty if the decision is not about this key, or there is nothing left to decide
  Optional<Verdict> decide(
      Subject subject,
      KeyState state,
      Context context,
      double scale,
      Function<Instant, Boolean> complete,
      AlertControl control) {
    var word = control.getAcknowledgement();
    boolean open = names(control, subject, state.alertOpenedAt());
    return switch (word.getDecision()) {
      case ACCEPT ->
          open
              ? step(
                  detector.accept(state, context, word.getAt()), subject, scale, complete, control)
              : Optional.empty();
      case DISMISS ->
          open
              ? step(
                  detector.dismiss(state, context, word.getAt()), subject, scale, complete, control)
              : Optional.empty();
      case ROLL_BACK ->
          names(control, subject, state.acceptedAlertOpenedAt())
                  && detector.rollBack(state, context)
              ? Optional.of(new Verdict.RolledBack(subject, control.getAlertId(), word))
              : Optional.empty();
      // Of a newer version of the command.
      case UNKNOWN -> Optional.empty();
    };
  }

  private static boolean names(AlertControl control, Subject subject, Optional<Instant> openedAt) {
    return openedAt.filter(at -> AlertIds.of(subject, at).equals(control.getAlertId())).isPresent();
  }

  private static Optional<Verdict> step(
      List<AlertStep> steps,
      Subject subject,
      double scale,
      Function<Instant, Boolean> complete,
      AlertControl control) {
    return steps.stream()
        .findFirst()
        .map(
            step ->
                new Verdict.Step(
                    subject,
                    step,
                    scale,
                    complete.apply(step.facts().onset()),
                    Optional.of(control.getAcknowledgement())));
  }
}
