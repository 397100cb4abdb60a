@NullMarked
package io.halfsecond.collector.replay;

import org.jspecify.annotations.NullMarked;
