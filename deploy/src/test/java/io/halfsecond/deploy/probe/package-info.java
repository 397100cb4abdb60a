@NullMarked
package io.halfsecond.deploy.probe;

import org.jspecify.annotations.NullMarked;
