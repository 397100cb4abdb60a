/// Judges self-tests. Each is judged on its own: a program compared with itself needs no history.
@NullMarked
package io.halfsecond.streams.selftest;

import org.jspecify.annotations.NullMarked;
