/// Fingerprints of sshd as a table, a difference, or a bill of materials.
@NullMarked
package io.halfsecond.deploy.fingerprint;

import org.jspecify.annotations.NullMarked;
