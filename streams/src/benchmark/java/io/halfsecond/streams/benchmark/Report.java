package io.halfsecond.streams.benchmark;

import java.util.ArrayList;
import java.util.List;

/// The report in Markdown: the goals, then everything that was measured.
final class Report {
  private final StringBuilder chapters = new StringBuilder();
  private final List<Goal> goals = new ArrayList<>();

  void add(String heading, String introduction, Chapter chapter) {
    chapters
        .append("\n## ")
        .append(heading)
        .append("\n\n")
        .append(introduction)
        .append('\n')
        .append(chapter.text());
    goals.addAll(chapter.goals());
  }

  /// @param preface under the title
  String text(String preface) {
    var table = new Table("item", "goal", "measured", "met", "why not");
    for (var goal : goals) {
      table.row(
          goal.item(),
          goal.target(),
          goal.measured(),
          goal.verdict().toString(),
          goal.verdict() == Goal.Verdict.NO ? goal.whyNot() : "");
    }
    return "# The detector, measured\n\n" + preface + "\n## Goals\n\n" + table + chapters;
  }
}
