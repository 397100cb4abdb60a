/// What becomes of telemetry and alerts when something fails: real processes, real faults.
@NullMarked
package io.halfsecond.deploy.faults;

import org.jspecify.annotations.NullMarked;
