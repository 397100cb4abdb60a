package io.halfsecond.deploy.alerts;

import io.halfsecond.deploy.json.RecordJson;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.Printable;

/// An alert as one line of JSON: the fields of the Avro record under their own names, times in ISO
/// 8601.
public final class AlertJson {
  private AlertJson() {}

  public static String of(Alert alert) {
    return Printable.json(RecordJson.of(alert).toString());
  }
}
