package io.halfsecond.collector.inventory;

import java.time.Instant;

/// What stat(2) says of a file of any kind.
///
/// @param changedAt when anything about it was last changed; unlike the time of its content nobody
///   can set that
record Stat(FileIdentity identity, Instant changedAt, boolean regular) {
  /// Of a file that cannot be looked at, only what the mapping says is known.
  static Stat unseen(String device, long inode) {
    return new Stat(new FileIdentity(device, inode, 0, Instant.EPOCH), Instant.EPOCH, true);
  }
}
