/// Kafka from the operator's side: a broker in this process, and the topics on any broker.
@NullMarked
package io.halfsecond.deploy.broker;

import org.jspecify.annotations.NullMarked;
