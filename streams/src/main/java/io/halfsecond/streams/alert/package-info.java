/// Makes the records of alerts, and their sentences, from verdicts.
@NullMarked
package io.halfsecond.streams.alert;

import org.jspecify.annotations.NullMarked;
