/// The whole of Halfsecond on one machine, against a private sshd that becomes slow.
@NullMarked
package io.halfsecond.deploy.demo;

import org.jspecify.annotations.NullMarked;
