/// Fleets that do not exist: their telemetry as real records, what was changed on them, and whether
/// the topology has found it.
@NullMarked
package io.halfsecond.deploy.simulation;

import org.jspecify.annotations.NullMarked;
