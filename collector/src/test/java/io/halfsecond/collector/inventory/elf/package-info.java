@NullMarked
package io.halfsecond.collector.inventory.elf;

import org.jspecify.annotations.NullMarked;
