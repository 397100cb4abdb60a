@NullMarked
package io.halfsecond.deploy;

import org.jspecify.annotations.NullMarked;
