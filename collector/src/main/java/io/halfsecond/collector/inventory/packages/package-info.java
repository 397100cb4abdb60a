/// Package managers: which package a file belongs to, and when it was installed.
@NullMarked
package io.halfsecond.collector.inventory.packages;

import org.jspecify.annotations.NullMarked;
