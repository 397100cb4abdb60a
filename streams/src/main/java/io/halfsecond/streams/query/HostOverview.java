package io.halfsecond.streams.query;

import java.time.Instant;
import java.util.Optional;

/// A host in a list of all.
///
/// @param cohort empty if it has none
/// @param heard event time of its newest record
/// @param heartbeat of its collector; empty if there was none
/// @param stopped whether its collector has said that it stops
/// @param inspectedAt when the files of its sshd were last looked at; empty if never
/// @param evidence divided by its limit: an alert opens at 1; empty if the host is not shown
/// @param openAlerts number of alerts that are open and not dismissed
public record HostOverview(
    String host,
    String cohort,
    Instant heard,
    Optional<Instant> heartbeat,
    boolean stopped,
    Optional<Instant> inspectedAt,
    Optional<Double> evidence,
    long openAlerts) {}
