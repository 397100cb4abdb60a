package io.halfsecond.streams.engine;

import io.halfsecond.schemas.Acknowledgement;
import io.halfsecond.schemas.AlertControl;
import io.halfsecond.streams.alert.Subject;
import io.halfsecond.streams.alert.Verdict;
import io.halfsecond.streams.detector.AlertStep;
import io.halfsecond.streams.detector.Context;
import io.halfsecond.streams.detector.Detector;
import io.halfsecond.streams.detector.KeyState;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/// Applies decisions to the detector's state of a key.
record Decisions(Detector detector) {

  /// @param verdict writes a step of the detector as a verdict
  /// @return empty if the decision is not about this key's alert, or nothing is left to decide
  Optional<Verdict> apply(
      AlertControl control,
      Subject subject,
      KeyState state,
      Context context,
      BiFunction<AlertStep, Optional<Acknowledgement>, Verdict> verdict) {
    var acknowledgement = control.getAcknowledgement();
    var at = acknowledgement.getAt();
    boolean open = isAbout(control, subject, state.alertOpenedAt());
    return switch (acknowledgement.getDecision()) {
      case ACCEPT ->
          (open ? detector.accept(state, context, at) : List.<AlertStep>of())
              .stream().findFirst().map(step -> verdict.apply(step, Optional.of(acknowledgement)));
      case DISMISS ->
          (open ? detector.dismiss(state, context, at) : List.<AlertStep>of())
              .stream().findFirst().map(step -> verdict.apply(step, Optional.of(acknowledgement)));
      case ROLL_BACK ->
          isAbout(control, subject, state.acceptedAlertOpenedAt())
                  && detector.rollBack(state, context)
              ? Optional.of(new Verdict.RolledBack(subject, acknowledgement))
              : Optional.empty();
      // A newer version of the command.
      case UNKNOWN -> Optional.empty();
    };
  }

  private static boolean isAbout(
      AlertControl control, Subject subject, Optional<Instant> openedAt) {
    return openedAt.filter(at -> Verdict.isAbout(control, subject, at)).isPresent();
  }
}
