/// What all sources of evidence have in common.
@NullMarked
package io.halfsecond.collector.source;

import org.jspecify.annotations.NullMarked;
