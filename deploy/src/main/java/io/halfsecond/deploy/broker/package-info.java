/// Kafka for the operator: a broker in this process, and the topics on any cluster.
@NullMarked
package io.halfsecond.deploy.broker;

import org.jspecify.annotations.NullMarked;
