package io.halfsecond.collector.inventory;

import io.halfsecond.collector.inventory.elf.ElfObject;
import io.halfsecond.collector.inventory.host.FileIdentity;
import io.halfsecond.collector.inventory.packages.InstalledPackage;
import io.halfsecond.collector.inventory.process.AtPath;
import io.halfsecond.collector.inventory.process.MappedIn;
import java.util.List;

/// One file that sshd consists of.
///
/// @param path absolute, without the mark of a deleted file
/// @param sha256 of the content; empty if it could not be read
/// @param elf what the file says about itself
/// @param owner its package; [InstalledPackage#NONE] also if the path now holds another file
/// @param neededBy paths from the executable to the object that needs this one
/// @param executable whether it is a program
/// @param mappedIn the processes that have mapped it; empty if it was only resolved
/// @param atPath what the path holds now
public record SshdObject(
    String path,
    FileIdentity identity,
    String sha256,
    ElfObject elf,
    InstalledPackage owner,
    List<String> neededBy,
    boolean executable,
    List<MappedIn> mappedIn,
    AtPath atPath) {
  public SshdObject {
    neededBy = List.copyOf(neededBy);
    mappedIn = List.copyOf(mappedIn);
  }

  /// Whether the path does not hold this file now.
  public boolean differsFromPath() {
    return atPath != AtPath.SAME;
  }

  /// Whether a process has mapped it, and it was not only resolved.
  public boolean mapped() {
    return !mappedIn.isEmpty();
  }
}
