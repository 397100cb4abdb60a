@NullMarked
package io.halfsecond.deploy.simulation;

import org.jspecify.annotations.NullMarked;
