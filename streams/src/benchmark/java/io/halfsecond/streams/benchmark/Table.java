package io.halfsecond.streams.benchmark;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// A table in Markdown.
final class Table {
  private final int columns;
  private final List<String> lines = new ArrayList<>();

  Table(List<String> head) {
    columns = head.size();
    row(head);
    lines.add("|" + "---|".repeat(columns));
  }

  Table(String... head) {
    this(List.of(head));
  }

  /// Missing cells at the end stay empty.
  Table row(List<String> cells) {
    var padded = new ArrayList<>(cells);
    padded.addAll(Collections.nCopies(columns - cells.size(), ""));
    lines.add("| " + String.join(" | ", padded) + " |");
    return this;
  }

  Table row(String... cells) {
    return row(List.of(cells));
  }

  @Override
  public String toString() {
    return String.join("\n", lines) + "\n";
  }
}
