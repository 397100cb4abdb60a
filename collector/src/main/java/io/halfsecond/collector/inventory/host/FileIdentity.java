package io.halfsecond.collector.inventory.host;

import java.time.Instant;

/// Identifies one version of one file by what stat(2) returns.
///
/// @param device major:minor in hexadecimal, two digits each or more, as in proc_pid_maps(5)
/// @param size in bytes
/// @param mtime the modification time
public record FileIdentity(String device, long inode, long size, Instant mtime) {
  public boolean sameFile(FileIdentity other) {
    return device.equals(other.device) && inode == other.inode;
  }

  /// The kernel's numbers in a `dev_t` as glibc lays it out (makedev(3)).
  public static String device(long dev) {
    long major = (dev >>> 8 & 0xfff) | (dev >>> 32 & ~0xfffL);
    long minor = (dev & 0xff) | (dev >>> 12 & ~0xffL);
    return "%02x:%02x".formatted(major, minor);
  }
}
