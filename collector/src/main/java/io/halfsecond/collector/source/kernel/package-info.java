/// The kernel's own account of sshd's processes: the proc connector and taskstats, over netlink.
///
/// Pure: the decoders, [SeqGapCounter], [SshdCommandLine], [ProcessTree] (given a [ProcFs]). Shell:
/// [KernelReader] (the thread) and [KernelSource].
@NullMarked
package io.halfsecond.collector.source.kernel;

import org.jspecify.annotations.NullMarked;
