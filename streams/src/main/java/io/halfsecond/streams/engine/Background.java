package io.halfsecond.streams.engine;

import io.halfsecond.schemas.Change;
import io.halfsecond.schemas.Signal;
import io.halfsecond.streams.histogram.Distribution;
import java.util.List;
import java.util.Map;

/// What a person compares the present of a host with.
///
/// @param baselines by signal, each over all strata of the signal, or over those that are shifted
///   now; none is empty
/// @param changes of the host that are remembered, oldest first
public record Background(Map<Signal, Distribution> baselines, List<Change> changes) {}
