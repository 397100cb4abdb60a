package io.halfsecond.grafana;

import java.util.LinkedHashMap;
import java.util.Map;

/// A JSON object whose members stay in the order in which they were written.
final class Json {
  private Json() {}

  /// @param namesAndValues in turn
  static Map<String, Object> object(Object... namesAndValues) {
    var object = new LinkedHashMap<String, Object>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      object.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return object;
  }
}
