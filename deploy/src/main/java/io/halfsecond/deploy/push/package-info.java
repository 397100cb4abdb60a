/// What is sent to Alertmanager and to a webhook, without Kafka, clock or thread.
@NullMarked
package io.halfsecond.deploy.push;

import org.jspecify.annotations.NullMarked;
