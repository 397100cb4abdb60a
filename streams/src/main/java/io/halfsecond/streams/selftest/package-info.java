/// Judges self-tests. Each report is judged alone: a comparison of a program with itself needs no
/// history.
@NullMarked
package io.halfsecond.streams.selftest;

import org.jspecify.annotations.NullMarked;
