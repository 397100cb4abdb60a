/// The engines that judge hosts and cohorts. An engine takes one input and returns a list of
/// outputs. The topology and the replay both drive them. They use no Kafka and read no clock.
@NullMarked
package io.halfsecond.streams.engine;

import org.jspecify.annotations.NullMarked;
