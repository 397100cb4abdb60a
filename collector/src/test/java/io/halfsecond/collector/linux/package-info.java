@NullMarked
package io.halfsecond.collector.linux;

import org.jspecify.annotations.NullMarked;
