/// The record of connections and their sessions: joining the two records of each, accounting for
/// all, and the text.
@NullMarked
package io.halfsecond.deploy.sessions;

import org.jspecify.annotations.NullMarked;
