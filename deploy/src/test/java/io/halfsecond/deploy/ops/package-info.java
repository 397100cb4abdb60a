@NullMarked
package io.halfsecond.deploy.ops;

import org.jspecify.annotations.NullMarked;
