package io.halfsecond.deploy.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.halfsecond.streams.metric.Present;
import io.halfsecond.streams.query.HostOverview;
import java.util.List;
import java.util.Map;

/// All that is known of a host.
///
/// @param signals what it measures now beside its baseline, in seconds or page faults, by label; of
///   a host without details startup alone
/// @param changes of its files, configuration and kernel in the last 30 days, oldest first: records
///   of the schema Change
/// @param openAlerts records of the schema Alert, without their evidence in other alerts
public record HostAnswer(
    HostOverview host,
    Map<String, Present.SignalNow> signals,
    List<JsonNode> changes,
    List<JsonNode> openAlerts) {}
