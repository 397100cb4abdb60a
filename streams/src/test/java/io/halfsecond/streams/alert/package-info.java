@NullMarked
package io.halfsecond.streams.alert;

import org.jspecify.annotations.NullMarked;
