/// ELF files: what one says about itself, and which objects need which.
@NullMarked
package io.halfsecond.collector.inventory.elf;

import org.jspecify.annotations.NullMarked;
