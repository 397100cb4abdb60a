@NullMarked
package io.halfsecond.collector.tamper;

import org.jspecify.annotations.NullMarked;
