@NullMarked
package io.halfsecond.collector.probe;

import org.jspecify.annotations.NullMarked;
