@NullMarked
package io.halfsecond.deploy.registry;

import org.jspecify.annotations.NullMarked;
