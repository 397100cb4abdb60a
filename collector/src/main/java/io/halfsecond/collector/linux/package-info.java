/// The only user of `java.lang.foreign`: netlink sockets, poll(2), eventfd(2) and small files of
/// /proc, as thin bindings to the C library. 64-bit Linux; nothing here is touched on another
/// system until it is called.
@NullMarked
package io.halfsecond.collector.linux;

import org.jspecify.annotations.NullMarked;
