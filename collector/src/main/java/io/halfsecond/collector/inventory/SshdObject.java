package io.halfsecond.collector.inventory;

import java.util.List;

/// One file that sshd consists of.
///
/// @param path absolute, without the mark of a deleted file
/// @param sha256 of the content; empty if it could not be read
/// @param elf what it says of itself
/// @param owner the package it belongs to; [Installed#NONE] also if the file at the path is another
/// @param neededBy paths from the executable to the object that needs this one
/// @param executable whether it is a program
/// @param seenIn the processes in whose memory it was; empty if it was only resolved
/// @param differsFromPath whether the file at the path is another
public record SshdObject(
    String path,
    FileIdentity identity,
    String sha256,
    ElfObject elf,
    Installed owner,
    List<String> neededBy,
    boolean executable,
    List<SeenIn> seenIn,
    boolean differsFromPath) {
  public SshdObject {
    neededBy = List.copyOf(neededBy);
    seenIn = List.copyOf(seenIn);
  }

  /// Whether it was seen in memory, and not only resolved.
  public boolean mapped() {
    return !seenIn.isEmpty();
  }
}
