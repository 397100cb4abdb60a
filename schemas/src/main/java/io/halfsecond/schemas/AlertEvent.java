package io.halfsecond.schemas;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.common.header.Headers;

/// The attributes of an alert's record as a CloudEvent, in its headers: the binary content mode of
/// the Kafka protocol binding for CloudEvents 1.0.2.
///
/// **Guarantees** that `ce_source` and `ce_id` together name one record of one topic, and are the
/// same if the telemetry is replayed. Values are on one line.
final class AlertEvent {
  private static final String PREFIX = "ce_";

  private AlertEvent() {}

  /// @param source which topology the alert is from
  /// @param contentType of the record's value
  static void describe(Headers headers, Alert alert, String source, String contentType) {
    attributes(alert, source, contentType)
        .forEach(
            (name, value) ->
                // One record may be written to two topics, with the same headers.
                headers.remove(name).add(name, value.getBytes(StandardCharsets.UTF_8)));
  }

  private static Map<String, String> attributes(Alert alert, String source, String contentType) {
    var attributes = new LinkedHashMap<String, String>();
    attributes.put(PREFIX + "specversion", "1.0");
    attributes.put(PREFIX + "id", alert.getAlertId() + "/" + alert.getRevision());
    attributes.put(PREFIX + "source", source);
    attributes.put(PREFIX + "type", "io.halfsecond.alert." + word(alert.getState()));
    attributes.put(PREFIX + "subject", Printable.of(subject(alert)));
    attributes.put(PREFIX + "time", alert.getAt().toString());
    attributes.put("content-type", contentType);
    return attributes;
  }

  private static String word(AlertState state) {
    return state.name().toLowerCase(Locale.ROOT);
  }

  private static String subject(Alert alert) {
    return (alert.getHost().isEmpty() ? alert.getCohort() : alert.getHost())
        + "/"
        + alert.getSubject();
  }
}
