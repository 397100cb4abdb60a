package io.halfsecond.streams.benchmark;

/// What was to be reached, and what was.
record Goal(String item, String target, String measured, boolean met) {}
