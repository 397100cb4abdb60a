package io.halfsecond.streams.query;

/// Whether a host has a file.
public enum Presence {
  /// In the memory of a process of sshd, at the last look.
  IN_MEMORY,
  /// One of the files that sshd would load, but in the memory of none of its processes.
  ON_DISK,
  /// It had it, and was seen without it later.
  HAD
}
