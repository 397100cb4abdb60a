@NullMarked
package io.halfsecond.collector.sshd;

import org.jspecify.annotations.NullMarked;
