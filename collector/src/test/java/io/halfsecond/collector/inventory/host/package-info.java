@NullMarked
package io.halfsecond.collector.inventory.host;

import org.jspecify.annotations.NullMarked;
