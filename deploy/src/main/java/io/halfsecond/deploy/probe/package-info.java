/// Results of the probe and the self-test as text and JSON.
@NullMarked
package io.halfsecond.deploy.probe;

import org.jspecify.annotations.NullMarked;
