/// Incidents: one alert for all hosts with the same cause, and the comparison of hosts with a
/// change to hosts without it.
@NullMarked
package io.halfsecond.streams.incident;

import org.jspecify.annotations.NullMarked;
