@NullMarked
package io.halfsecond.collector.inventory.packages;

import org.jspecify.annotations.NullMarked;
