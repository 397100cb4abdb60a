package io.halfsecond.streams.alert;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.ContradictionFinding;
import io.halfsecond.schemas.Direction;
import io.halfsecond.schemas.Phase;
import io.halfsecond.schemas.SelfTestFinding;
import io.halfsecond.schemas.ShiftFinding;
import io.halfsecond.schemas.Unit;
import java.util.List;
import java.util.Optional;

/// A finding as code that does not depend on its kind needs it. There is one class for each kind.
public interface FindingView {

  /// The size of a shift or difference.
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
          throw new IllegalArgumentException("not a finding: " + alert.getFinding().getClass());
    };
  }

  /// What moved, from what to what, after "HOST: " in the title.
  String title();

  /// The title of an alert that has ended.
  String titleOver();

  /// The clauses about the finding while the alert is open, after "HOST: " and before the
  /// telemetry.
  String open();

  /// The clauses after the alert has ended.
  String over();

  /// All figures, a line each.
  List<String> evidence();

  Phase phase();

  Direction direction();

  /// Empty if the finding has no size.
  Optional<Moved> moved();

  /// Whether two alerts have the same signal, or kind of finding, and the same direction.
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
