package io.halfsecond.collector.inventory.host;

/// One version of the file at a path.
public record FileVersion(String path, Stat stat) {}
