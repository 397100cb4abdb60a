package io.halfsecond.streams.alert;

import io.halfsecond.streams.detector.AlertStep;
import io.halfsecond.streams.measurement.SignalKey;

/// A step in an alert's life, and whose.
///
/// @param telemetryComplete false if telemetry of the host is known to have been lost since the onset
public record Verdict(SignalKey key, AlertStep step, boolean telemetryComplete) {}
