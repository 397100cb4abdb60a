/// Interfaces of state stores, for packages that do not depend on Kafka.
@NullMarked
package io.halfsecond.streams.store;

import org.jspecify.annotations.NullMarked;
