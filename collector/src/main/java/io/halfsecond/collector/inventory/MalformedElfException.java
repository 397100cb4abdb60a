package io.halfsecond.collector.inventory;

import java.io.IOException;
import java.io.Serial;

/// A file is no ELF file, or contradicts itself. The message names it.
public final class MalformedElfException extends IOException {
  @Serial private static final long serialVersionUID = 1;

  MalformedElfException(String file, String fault) {
    super(file + ": " + fault);
  }
}
