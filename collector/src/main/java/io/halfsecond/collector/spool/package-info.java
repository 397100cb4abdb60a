/// Records on disk that are not acknowledged: segments of records, and how far each run of the
/// collector has come.
@NullMarked
package io.halfsecond.collector.spool;

import org.jspecify.annotations.NullMarked;
