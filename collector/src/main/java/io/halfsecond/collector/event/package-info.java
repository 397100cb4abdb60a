/// What the sources tell the assembler: facts about sshd's processes and log lines, free of any
/// file, socket or clock.
@NullMarked
package io.halfsecond.collector.event;

import org.jspecify.annotations.NullMarked;
