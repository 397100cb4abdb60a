/// The self-test: this host's own sshd programs, run harmlessly in different environments. A
/// payload that sleeps when it might be watched gives itself away by sleeping.
@NullMarked
package io.halfsecond.collector.selftest;

import org.jspecify.annotations.NullMarked;
