/// Files of the host: their identity, their changes, and reading them slowly.
@NullMarked
package io.halfsecond.collector.inventory.host;

import org.jspecify.annotations.NullMarked;
