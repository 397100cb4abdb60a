/// The active probe of this host's sshd as a source: target, schedule, rounds.
@NullMarked
package io.halfsecond.collector.source.probe;

import org.jspecify.annotations.NullMarked;
