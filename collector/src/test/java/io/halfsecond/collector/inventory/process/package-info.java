@NullMarked
package io.halfsecond.collector.inventory.process;

import org.jspecify.annotations.NullMarked;
