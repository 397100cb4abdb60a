package io.halfsecond.collector.inventory;

import java.util.Collection;
import java.util.Map;

/// A host's package manager.
interface Packages {
  /// The packages that own these files, as far as any does.
  ///
  /// @param paths absolute, symbolic links resolved
  Map<String, Installed> owners(Collection<String> paths) throws InterruptedException;
}
