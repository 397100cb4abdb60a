/// Bindings to the C library and the kernel: netlink sockets, poll(2), eventfd(2), clocks, /proc.
/// The only package that uses `java.lang.foreign`. 64-bit Linux; on other systems the classes load,
/// but calls fail.
@NullMarked
package io.halfsecond.collector.linux;

import org.jspecify.annotations.NullMarked;
