@NullMarked
package io.halfsecond.deploy.topic;

import org.jspecify.annotations.NullMarked;
