@NullMarked
package io.halfsecond.collector.source.probe;

import org.jspecify.annotations.NullMarked;
