@NullMarked
package io.halfsecond.deploy.cli;

import org.jspecify.annotations.NullMarked;
