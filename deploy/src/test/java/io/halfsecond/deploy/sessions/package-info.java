@NullMarked
package io.halfsecond.deploy.sessions;

import org.jspecify.annotations.NullMarked;
