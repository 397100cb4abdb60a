@NullMarked
package io.halfsecond.collector.pipeline;

import org.jspecify.annotations.NullMarked;
