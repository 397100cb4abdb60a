@NullMarked
package io.halfsecond.deploy.fingerprint;

import org.jspecify.annotations.NullMarked;
