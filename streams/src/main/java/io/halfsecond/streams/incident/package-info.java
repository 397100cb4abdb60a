/// What many hosts show for one reason: hosts with a change beside those without, and one alert for
/// all of them.
@NullMarked
package io.halfsecond.streams.incident;

import org.jspecify.annotations.NullMarked;
