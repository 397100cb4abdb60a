/// What sshd is made of, as a person or another program sees it.
@NullMarked
package io.halfsecond.deploy.fingerprint;

import org.jspecify.annotations.NullMarked;
