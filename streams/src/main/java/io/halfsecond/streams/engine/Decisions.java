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
import java.util.function.Function;

/// Applies decisions to the state that the detector keeps for a key.
record Decisions(Detector detector) {

  /// @param verdict converts a step of the detector into a verdict
  /// @return empty if the decision is about another alert, or changes nothing
  Optional<Verdict> apply(
      AlertControl control,
      Subject subject,
      KeyState state,
      Context context,
      BiFunction<AlertStep, Optional<Acknowledgement>, Verdict> verdict) {
    var acknowledgement = control.getAcknowledgement();
    var at = acknowledgement.getAt();
    boolean open = isAbout(control, subject, state.alertOpenedAt());
    Function<List<AlertStep>, Optional<Verdict>> first =
        steps ->
            steps.stream()
                .findFirst()
                .map(step -> verdict.apply(step, Optional.of(acknowledgement)));
    return switch (acknowledgement.getDecision()) {
      case ACCEPT -> open ? first.apply(detector.accept(state, context, at)) : Optional.empty();
      case DISMISS -> open ? first.apply(detector.dismiss(state, context, at)) : Optional.empty();
      case ROLL_BACK ->
          isAbout(control, subject, state.acceptedAlertOpenedAt())
                  && detector.rollBack(state, context)
              ? Optional.of(new Verdict.RolledBack(subject, acknowledgement))
              : Optional.empty();
      // A decision of a newer version.
      case UNKNOWN -> Optional.empty();
    };
  }

  private static boolean isAbout(
      AlertControl control, Subject subject, Optional<Instant> openedAt) {
    return openedAt.filter(at -> Verdict.isAbout(control, subject, at)).isPresent();
  }
}
