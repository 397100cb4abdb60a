/// Profiles of cohorts of comparable hosts: how they are learnt, and what follows from one for a
/// host.
@NullMarked
package io.halfsecond.streams.cohort;

import org.jspecify.annotations.NullMarked;
