package io.halfsecond.streams.benchmark;

import java.util.List;

/// A part of the report.
///
/// @param text Markdown, without the heading
/// @param goals those that it measures
record Chapter(String text, List<Goal> goals) {}
