@NullMarked
package io.halfsecond.collector.source.kernel;

import org.jspecify.annotations.NullMarked;
