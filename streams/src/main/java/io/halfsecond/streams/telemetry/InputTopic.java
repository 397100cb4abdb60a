package io.halfsecond.streams.telemetry;

import io.halfsecond.schemas.Topic;
import io.halfsecond.schemas.Topics;
import java.util.List;
import java.util.function.Function;

/// A topic that the topology reads: one row of [#all].
///
/// @param name for nodes of the topology, for example `auth-timing`
public record InputTopic<V>(Topic<V> topic, String name, Function<V, Input> asInput) {

  public static List<InputTopic<?>> all(Topics topics) {
    return List.of(
        new InputTopic<>(topics.authTiming(), "auth-timing", Telemetry.Authentication::new),
        new InputTopic<>(topics.sessionCpu(), "session-cpu", Telemetry.Session::new),
        new InputTopic<>(topics.probe(), "probe", Telemetry.Probe::new),
        new InputTopic<>(topics.selfTest(), "self-test", Telemetry.SelfTest::new),
        new InputTopic<>(topics.hostFingerprint(), "host-fingerprint", Telemetry.Inventory::new),
        new InputTopic<>(topics.collectorStatus(), "collector-status", Telemetry.Heartbeat::new),
        new InputTopic<>(topics.evidence(), "evidence", Telemetry.Tampering::new),
        new InputTopic<>(topics.control(), "control", Input.Control::new));
  }
}
