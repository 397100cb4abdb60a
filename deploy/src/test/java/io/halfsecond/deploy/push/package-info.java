@NullMarked
package io.halfsecond.deploy.push;

import org.jspecify.annotations.NullMarked;
