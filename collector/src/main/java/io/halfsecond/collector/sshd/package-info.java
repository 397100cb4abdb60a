/// What is known about sshd apart from its log: programs, command lines, titles, listening sockets.
@NullMarked
package io.halfsecond.collector.sshd;

import org.jspecify.annotations.NullMarked;
