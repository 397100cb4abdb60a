/// Alerts for people: reading them from Kafka and putting them into words.
@NullMarked
package io.halfsecond.deploy.alerts;

import org.jspecify.annotations.NullMarked;
