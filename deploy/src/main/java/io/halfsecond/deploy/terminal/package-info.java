/// What a person at a terminal sees while something takes its time.
@NullMarked
package io.halfsecond.deploy.terminal;

import org.jspecify.annotations.NullMarked;
