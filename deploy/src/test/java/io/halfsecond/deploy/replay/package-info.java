@NullMarked
package io.halfsecond.deploy.replay;

import org.jspecify.annotations.NullMarked;
