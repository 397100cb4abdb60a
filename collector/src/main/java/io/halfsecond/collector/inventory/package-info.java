/// The inventory: the files that sshd consists of on this host, by content, and their packages.
/// [io.halfsecond.collector.inventory.InventorySchedule] decides when to inspect,
/// [io.halfsecond.collector.inventory.Inventory] inspects.
@NullMarked
package io.halfsecond.collector.inventory;

import org.jspecify.annotations.NullMarked;
