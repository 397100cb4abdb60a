/// The probe and the self-test as a person sees them.
@NullMarked
package io.halfsecond.deploy.probe;

import org.jspecify.annotations.NullMarked;
