/// Tests of the directories.
@NullMarked
package io.halfsecond.deploy.directory;

import org.jspecify.annotations.NullMarked;
