package io.halfsecond.collector.inventory;

import io.halfsecond.collector.inventory.elf.ElfObject;
import io.halfsecond.collector.inventory.elf.FileContent;
import io.halfsecond.collector.inventory.host.FileVersion;
import io.halfsecond.collector.inventory.host.ReadPacing;
import io.halfsecond.collector.inventory.process.LocatedFile;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The contents of files. Each file is read once as long as its identity and times stay the same.
final class FileContents {
  private final ReadPacing pacing;
  private final Map<FileVersion, FileContent> contents = new HashMap<>();

  FileContents(ReadPacing pacing) {
    this.pacing = pacing;
  }

  FileContent of(LocatedFile file) throws InterruptedException {
    var known = contents.get(file.version());
    if (known != null) {
      return known;
    }
    var read =
        file.readable().isPresent()
            ? FileContent.read(file.path(), file.readable().get(), pacing)
            : FileContent.UNREAD;
    contents.put(file.version(), read);
    return read;
  }

  /// For callers that cannot be interrupted: an interrupt is noticed when the next file is read.
  ElfObject elf(LocatedFile file) {
    try {
      return of(file).elf();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return ElfObject.UNREAD;
    }
  }

  /// Forgets all other files.
  void retain(List<LocatedFile> files) {
    contents.keySet().retainAll(files.stream().map(LocatedFile::version).toList());
  }
}
