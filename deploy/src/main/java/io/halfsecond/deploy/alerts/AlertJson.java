package io.halfsecond.deploy.alerts;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.halfsecond.schemas.Alert;
import java.time.Instant;
import org.apache.avro.specific.SpecificRecord;

/// An alert as one line of JSON: the fields of the Avro record under their own names, times in ISO 8601.
public final class AlertJson {
  private AlertJson() {}

  public static String of(Alert alert) {
    return object(alert).toString();
  }

  private static ObjectNode object(SpecificRecord record) {
    var json = JsonNodeFactory.instance.objectNode();
    for (var field : record.getSchema().getFields()) {
      switch (record.get(field.pos())) {
        case null -> json.putNull(field.name());
        case SpecificRecord nested -> json.set(field.name(), object(nested));
        case Long number -> json.put(field.name(), number);
        case Integer number -> json.put(field.name(), number);
        case Double number -> json.put(field.name(), number);
        case Boolean flag -> json.put(field.name(), flag);
        case Instant instant -> json.put(field.name(), instant.toString());
        case Object other -> json.put(field.name(), other.toString());
      }
    }
    return json;
  }
}
