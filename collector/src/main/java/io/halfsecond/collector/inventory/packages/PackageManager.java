package io.halfsecond.collector.inventory.packages;

import java.util.Collection;
import java.util.Map;

/// A package manager of the host.
public interface PackageManager {
  /// The packages of these files; files without a package are left out.
  ///
  /// @param paths absolute, symbolic links resolved
  Map<String, InstalledPackage> owners(Collection<String> paths) throws InterruptedException;
}
