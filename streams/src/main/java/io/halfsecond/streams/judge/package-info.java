/// Who is judged by what, and when a block closes: the detector, put to the measurements of hosts
/// and of cohorts.
@NullMarked
package io.halfsecond.streams.judge;

import org.jspecify.annotations.NullMarked;
