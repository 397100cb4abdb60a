@NullMarked
package io.halfsecond.deploy.broker;

import org.jspecify.annotations.NullMarked;
