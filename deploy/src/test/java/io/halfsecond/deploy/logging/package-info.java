@NullMarked
package io.halfsecond.deploy.logging;

import org.jspecify.annotations.NullMarked;
