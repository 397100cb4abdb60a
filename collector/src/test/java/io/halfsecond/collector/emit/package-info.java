@NullMarked
package io.halfsecond.collector.emit;

import org.jspecify.annotations.NullMarked;
