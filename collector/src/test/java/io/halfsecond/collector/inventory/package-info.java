@NullMarked
package io.halfsecond.collector.inventory;

import org.jspecify.annotations.NullMarked;
