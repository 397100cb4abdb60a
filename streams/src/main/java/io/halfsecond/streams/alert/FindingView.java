package io.halfsecond.streams.alert;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.ContradictionFinding;
import io.halfsecond.schemas.Direction;
import io.halfsecond.schemas.Phase;
import io.halfsecond.schemas.SelfTestFinding;
import io.halfsecond.schemas.ShiftFinding;
import io.halfsecond.schemas.Unit;
import java.util.Optional;

/// The finding of an alert, as everything that does not depend on its kind sees it: one class a
/// kind.
public interface FindingView {

  /// What a shift or difference amounts to.
  ///
  /// @param before median before the onset, or elsewhere
  /// @param after median since the onset, or as a service
  record Moved(double before, double after, double shift, Unit unit) {}

  static FindingView of(Alert alert) {
    return switch (alert.getFinding()) {
      case ShiftFinding shift -> new ShiftView(alert, shift);
      case SelfTestFinding difference -> new SelfTestView(alert, difference);
      case ContradictionFinding contradiction -> new ContradictionView(alert, contradiction);
      default ->
          throw new IllegalArgumentException(
              "no kind of finding: " + alert.getFinding().getClass());
    };
  }

  /// The clauses about the finding while the alert is open, after "HOST: " and before the
  /// telemetry.
  String open();

  /// The same once the alert is over.
  String over();

  Phase phase();

  Direction direction();

  /// Empty if the finding is no quantity.
  Optional<Moved> moved();

  /// Whether two alerts are about the same signal, or kind of fact, and moved the same way.
  static boolean alike(Alert one, Alert other) {
    return signal(one).equals(signal(other)) && of(one).direction() == of(other).direction();
  }

  /// The first part of an alert's subject, for example `startup`.
  static String signal(Alert alert) {
    var subject = alert.getSubject();
    int slash = subject.indexOf('/');
    return slash < 0 ? subject : subject.substring(0, slash);
  }

  /// The rest of an alert's subject, for example `all`.
  static String stratum(Alert alert) {
    var subject = alert.getSubject();
    return subject.substring(Math.min(subject.length(), signal(alert).length() + 1));
  }
}
