package io.halfsecond.collector.inventory;

import java.time.Instant;

/// What tells one state of one file from all others, as stat(2) gives it.
///
/// @param device major:minor in hexadecimal, two digits each or more, as in proc_pid_maps(5)
/// @param size in bytes
/// @param mtime when the content was last changed
public record FileIdentity(String device, long inode, long size, Instant mtime) {
  boolean sameFile(FileIdentity other) {
    return device.equals(other.device) && inode == other.inode;
  }

  /// The kernel's numbers in a `dev_t` as glibc lays it out (makedev(3)).
  static String device(long dev) {
    long major = (dev >>> 8 & 0xfff) | (dev >>> 32 & ~0xfffL);
    long minor = (dev & 0xff) | (dev >>> 12 & ~0xffL);
    return "%02x:%02x".formatted(major, minor);
  }
}
