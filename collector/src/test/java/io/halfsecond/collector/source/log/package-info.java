/// Specifications of the sshd log source.
@NullMarked
package io.halfsecond.collector.source.log;

import org.jspecify.annotations.NullMarked;
