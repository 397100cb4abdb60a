package io.halfsecond.collector.inventory.host;

import java.time.Instant;

/// What stat(2) returns for a file of any kind.
///
/// @param changedAt when anything about it was last changed; unlike the modification time this
///   cannot be set
public record Stat(FileIdentity identity, Instant changedAt, boolean regular) {
  /// For a file that may not be accessed: only what its mapping says is known.
  public static Stat unseen(String device, long inode) {
    return new Stat(new FileIdentity(device, inode, 0, Instant.EPOCH), Instant.EPOCH, true);
  }
}
