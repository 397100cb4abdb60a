package io.halfsecond.collector.inventory;

import io.halfsecond.collector.inventory.host.ReadPacing;
import java.time.Duration;

/// How the inventory is kept.
///
/// @param check from one check to the next
/// @param full from one full inspection to the next, if no check finds a change
/// @param pacing how fast files are read
public record InventorySettings(Duration check, Duration full, ReadPacing pacing) {
  public InventorySettings {
    if (!check.isPositive() || full.compareTo(check) < 0) {
      throw new IllegalArgumentException(
          "inventory.check must be positive and at most inventory.full, not %s and %s"
              .formatted(check, full));
    }
  }

  /// A check every 5 s, because a change must be reported before the alert that it explains, which
  /// takes half a minute; a full inspection every 5 minutes.
  public static InventorySettings defaults() {
    return new InventorySettings(Duration.ofSeconds(5), Duration.ofMinutes(5), ReadPacing.GENTLE);
  }
}
