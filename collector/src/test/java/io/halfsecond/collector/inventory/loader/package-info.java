@NullMarked
package io.halfsecond.collector.inventory.loader;

import org.jspecify.annotations.NullMarked;
