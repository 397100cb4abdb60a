/// The inventory: which files sshd consists of on this host, by content, and whose they are.
/// Decoders take text or bytes and give records; [io.halfsecond.collector.inventory.Inventory] and
/// what it uses fetch these from the host.
@NullMarked
package io.halfsecond.collector.inventory;

import org.jspecify.annotations.NullMarked;
