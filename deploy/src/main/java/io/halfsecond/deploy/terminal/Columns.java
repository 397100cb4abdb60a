package io.halfsecond.deploy.terminal;

import io.halfsecond.schemas.Printable;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Rows of text in columns that are as wide as the rows need that are known at first; a later one
/// that needs more moves the rest of its row. Text of others is made printable.
public final class Columns {
  private static final String GAP = "  ";

  private final List<Integer> widths;

  /// @param first rows that are known at first, all of the same length; not empty
  public Columns(List<List<String>> first) {
    widths =
        IntStream.range(0, first.getFirst().size())
            .map(
                column ->
                    first.stream()
                        .mapToInt(row -> width(Printable.of(row.get(column))))
                        .max()
                        .orElse(0))
            .boxed()
            .toList();
  }

  /// A row on a line.
  public String line(List<String> cells) {
    return IntStream.range(0, cells.size())
        .mapToObj(column -> padded(Printable.of(cells.get(column)), widths.get(column)))
        .collect(Collectors.joining(GAP))
        .stripTrailing();
  }

  /// The rows on a line each.
  public static List<String> lines(List<List<String>> rows) {
    var columns = rows.isEmpty() ? null : new Columns(rows);
    return columns == null ? List.of() : rows.stream().map(columns::line).toList();
  }

  private static String padded(String cell, int width) {
    return cell + " ".repeat(Math.max(0, width - width(cell)));
  }

  private static int width(String cell) {
    return cell.codePointCount(0, cell.length());
  }
}
