/// What this host has and lacks for Halfsecond, and what to do about it.
@NullMarked
package io.halfsecond.deploy.doctor;

import org.jspecify.annotations.NullMarked;
