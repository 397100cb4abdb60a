/// Answers about what the topology keeps: which hosts have an object, what is known of a host.
@NullMarked
package io.halfsecond.streams.query;

import org.jspecify.annotations.NullMarked;
