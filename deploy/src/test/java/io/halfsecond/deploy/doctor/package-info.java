@NullMarked
package io.halfsecond.deploy.doctor;

import org.jspecify.annotations.NullMarked;
