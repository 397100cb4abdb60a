/// What sshd says of itself: lines from journald or from a log file, taken apart and handed on with
/// the pid that logged them. Whether that pid is one of sshd's is for the assembler to judge, which
/// knows the processes.
@NullMarked
package io.halfsecond.collector.source.log;

import org.jspecify.annotations.NullMarked;
