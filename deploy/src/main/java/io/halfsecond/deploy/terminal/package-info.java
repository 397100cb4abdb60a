/// Progress and text of others on a terminal.
@NullMarked
package io.halfsecond.deploy.terminal;

import org.jspecify.annotations.NullMarked;
