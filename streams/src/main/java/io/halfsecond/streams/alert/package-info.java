/// Alerts: verdicts in, the records that a person or a program reads out.
@NullMarked
package io.halfsecond.streams.alert;

import org.jspecify.annotations.NullMarked;
