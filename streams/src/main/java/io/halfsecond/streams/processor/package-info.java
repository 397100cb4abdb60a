/// The processors of the topology. They give records to the engines and forward the outputs.
@NullMarked
package io.halfsecond.streams.processor;

import org.jspecify.annotations.NullMarked;
