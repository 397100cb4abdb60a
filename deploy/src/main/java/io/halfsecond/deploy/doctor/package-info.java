/// Checks what a host has and lacks for Halfsecond.
@NullMarked
package io.halfsecond.deploy.doctor;

import org.jspecify.annotations.NullMarked;
