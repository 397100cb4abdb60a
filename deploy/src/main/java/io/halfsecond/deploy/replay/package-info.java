/// Old logs and recorded telemetry through the whole pipeline, without Kafka.
@NullMarked
package io.halfsecond.deploy.replay;

import org.jspecify.annotations.NullMarked;
