/// Answers about the fleet in words, and marked with what advisories say.
@NullMarked
package io.halfsecond.deploy.fleet;

import org.jspecify.annotations.NullMarked;
