package io.halfsecond.deploy.alerts;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.ContradictionFinding;
import io.halfsecond.schemas.SelfTestFinding;
import io.halfsecond.schemas.ShiftFinding;

/// The kinds of what an alert has found.
public enum FindingKind {
  /// A signal has shifted.
  SHIFT(ShiftFinding.class),
  /// A program of sshd costs more as a service than elsewhere.
  SELF_TEST(SelfTestFinding.class),
  /// A fact: evidence of tampering, silence, forged telemetry, two collectors.
  CONTRADICTION(ContradictionFinding.class);

  private final Class<?> record;

  FindingKind(Class<?> record) {
    this.record = record;
  }

  boolean isOf(Alert alert) {
    return record.isInstance(alert.getFinding());
  }
}
