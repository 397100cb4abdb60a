package io.halfsecond.collector.inventory.elf;

import java.io.IOException;
import java.io.Serial;

/// A file is no ELF file, or is inconsistent. The message names it.
public final class MalformedElfException extends IOException {
  @Serial private static final long serialVersionUID = 1;

  MalformedElfException(String file, String fault) {
    super(file + ": " + fault);
  }
}
