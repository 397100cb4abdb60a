@NullMarked
package io.halfsecond.collector.spool;

import org.jspecify.annotations.NullMarked;
