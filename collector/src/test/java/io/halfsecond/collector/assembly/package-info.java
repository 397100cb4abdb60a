@NullMarked
package io.halfsecond.collector.assembly;

import org.jspecify.annotations.NullMarked;
