/// One configuration from a file, the environment and flags; every key is written down in one
/// place.
@NullMarked
package io.halfsecond.deploy.config;

import org.jspecify.annotations.NullMarked;
