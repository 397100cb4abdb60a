/// Reading topics for people, without a trace.
@NullMarked
package io.halfsecond.deploy.topic;

import org.jspecify.annotations.NullMarked;
