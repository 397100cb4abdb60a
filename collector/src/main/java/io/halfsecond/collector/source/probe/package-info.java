/// The active probe of this host's own sshd, as a source: when, whom, and what came of it.
@NullMarked
package io.halfsecond.collector.source.probe;

import org.jspecify.annotations.NullMarked;
