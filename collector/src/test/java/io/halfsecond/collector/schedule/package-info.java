@NullMarked
package io.halfsecond.collector.schedule;

import org.jspecify.annotations.NullMarked;
