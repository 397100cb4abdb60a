/// The kernel source: process events and accounts of sshd's processes, over netlink.
///
/// Native: [ProcConnector] and [Taskstats] own a socket each, [KernelReader] the thread. Without
/// native calls: the decoders, [SeqGapCounter], [StartCheck], [KernelMessages], [EventOutput], and
/// [ProcessTree] on a [ProcFs].
@NullMarked
package io.halfsecond.collector.source.kernel;

import org.jspecify.annotations.NullMarked;
