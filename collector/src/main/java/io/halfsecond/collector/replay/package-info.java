/// Old logs as the records that a collector would have sent.
@NullMarked
package io.halfsecond.collector.replay;

import org.jspecify.annotations.NullMarked;
