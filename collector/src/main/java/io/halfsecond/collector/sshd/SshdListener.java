package io.halfsecond.collector.sshd;

import java.nio.file.Path;
import java.util.Optional;

/// An sshd that listens on this host.
///
/// @param executable the path of the program that it executes, where another exec of it finds the
///   program too; empty if neither /proc nor its command line names it
public record SshdListener(int pid, SshdCommandLine commandLine, Optional<Path> executable) {
  /// Why a listener is not watched.
  public enum Unwatched {
    /** It does not run as root, so it can serve its own user only. */
    OF_A_USER,
    /** It runs in a container, which is another host. */
    IN_A_CONTAINER,
    /** Its command line does not contain what the configuration demands. */
    OTHER_COMMAND
  }
}
