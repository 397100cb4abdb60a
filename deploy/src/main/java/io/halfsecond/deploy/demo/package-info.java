/// The demonstration: everything on one machine, with a private sshd that becomes slow.
@NullMarked
package io.halfsecond.deploy.demo;

import org.jspecify.annotations.NullMarked;
