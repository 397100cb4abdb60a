/// The engines that judge hosts and cohorts: one input in, a list of outputs out. The topology and
/// the replay both drive them. They know no Kafka and read no clock.
@NullMarked
package io.halfsecond.streams.engine;

import org.jspecify.annotations.NullMarked;
