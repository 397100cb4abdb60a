/// The events that sources send to the assembler: plain data, without files, sockets or clocks.
@NullMarked
package io.halfsecond.collector.event;

import org.jspecify.annotations.NullMarked;
