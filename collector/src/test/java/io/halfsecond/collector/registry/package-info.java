@NullMarked
package io.halfsecond.collector.registry;

import org.jspecify.annotations.NullMarked;
