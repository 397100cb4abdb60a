@NullMarked
package io.halfsecond.deploy.recording;

import org.jspecify.annotations.NullMarked;
