@NullMarked
package io.halfsecond.collector.selftest;

import org.jspecify.annotations.NullMarked;
