@NullMarked
package io.halfsecond.collector.source;

import org.jspecify.annotations.NullMarked;
