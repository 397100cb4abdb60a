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
/// @param mapped whether it was seen in memory, and not only resolved
/// @param differsFromPath whether the file at the path is another
public record SshdObject(String path, FileIdentity identity, String sha256, ElfObject elf, Installed owner,
  List<String> neededBy, boolean executable, boolean mapped, boolean differsFromPath) {
  public SshdObject {
    neededBy = List.copyOf(neededBy);
  }
}
