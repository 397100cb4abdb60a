package io.halfsecond.deploy.service;

import io.halfsecond.collector.inventory.OsRelease;
import io.halfsecond.schemas.Names;
import java.util.Optional;
import java.util.function.Function;

/// The default name of a host's cohort. Hosts with the same release of the same system on the same
/// kind of machine run the same sshd, and should take about the same time.
public final class Cohort {
  private Cohort() {}

  public static String ofThisHost() {
    return of(OsRelease.ofThisHost(), System.getProperty("os.arch"));
  }

  /// `ID-VERSION_ID-machine`, for example `debian-12-x86_64`; without the version for a system that
  /// has none, such as a rolling release. Empty if no file says which system it is.
  ///
  /// @param read a file's text; empty if it cannot be read
  public static String of(Function<String, Optional<String>> read) {
    return of(OsRelease.of(read), System.getProperty("os.arch"));
  }

  /// @param architecture as in Java's `os.arch`
  static String of(OsRelease system, String architecture) {
    // The machine that Java calls amd64 is x86_64 to the kernel.
    var name = system.name() + "-" + (architecture.equals("amd64") ? "x86_64" : architecture);
    return system.id().isPresent() && Names.COHORT.matcher(name).matches() ? name : "";
  }
}
