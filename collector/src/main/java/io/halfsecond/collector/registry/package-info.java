/// The registered sources: which there are, and how each is doing.
@NullMarked
package io.halfsecond.collector.registry;

import org.jspecify.annotations.NullMarked;
