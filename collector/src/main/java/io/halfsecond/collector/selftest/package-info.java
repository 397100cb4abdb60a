/// The self-test: this host's sshd programs, run harmlessly in different environments. A payload
/// that hides from an investigator's environment is revealed by the difference.
@NullMarked
package io.halfsecond.collector.selftest;

import org.jspecify.annotations.NullMarked;
