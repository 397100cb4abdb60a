/// Judges self-tests: each by itself, for a program compared with itself needs no history.
@NullMarked
package io.halfsecond.streams.selftest;

import org.jspecify.annotations.NullMarked;
