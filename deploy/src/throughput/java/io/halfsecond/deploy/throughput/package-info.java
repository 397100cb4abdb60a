/// How many records a second the topology judges, beside a topology that only passes them on.
@NullMarked
package io.halfsecond.deploy.throughput;

import org.jspecify.annotations.NullMarked;
