/// What the detector found, as the alert that a person or a program reads.
@NullMarked
package io.halfsecond.streams.alert;

import org.jspecify.annotations.NullMarked;
