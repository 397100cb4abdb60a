/// What is logged, and how.
@NullMarked
package io.halfsecond.deploy.logging;

import org.jspecify.annotations.NullMarked;
