@NullMarked
package io.halfsecond.streams.selftest;

import org.jspecify.annotations.NullMarked;
