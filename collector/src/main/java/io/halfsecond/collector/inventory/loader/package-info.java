/// The libraries that the loader would load into a program.
@NullMarked
package io.halfsecond.collector.inventory.loader;

import org.jspecify.annotations.NullMarked;
