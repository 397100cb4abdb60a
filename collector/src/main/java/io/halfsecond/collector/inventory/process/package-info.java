/// Processes of sshd, the files that they have mapped, and where these can be opened.
@NullMarked
package io.halfsecond.collector.inventory.process;

import org.jspecify.annotations.NullMarked;
