/// The Ansible role, run on a copy of this machine.
@NullMarked
package io.halfsecond.deploy.ansible;

import org.jspecify.annotations.NullMarked;
