/// The directories that a process keeps across restarts: locked, and able to hold native libraries.
@NullMarked
package io.halfsecond.deploy.directory;

import org.jspecify.annotations.NullMarked;
