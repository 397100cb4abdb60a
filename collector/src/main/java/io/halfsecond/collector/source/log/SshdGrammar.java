package io.halfsecond.collector.source.log;

import io.halfsecond.collector.event.SshdMessage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// The templates of sshd's log messages, from two tables in the resources: `sshd-messages.tsv` says
/// how lines are read that say something about a connection, `sshd-other-messages.tsv` lists the
/// others.
///
/// **Guarantees** a line gets a meaning only if every template that could have written it agrees.
/// Each template reads all lines that sshd can write with it ([LogTemplate]), so the true one is
/// always among those that fit: text that a client chose can make a line ambiguous, but not give it
/// a meaning that sshd did not mean.
///
/// Templates are found by their text before the first field. Those that begin with a field, which
/// is always a file, a program or a function, are tried if no other fits.
final class SshdGrammar {
  private static final String MESSAGES = "sshd-messages.tsv";
  private static final String OTHER_MESSAGES = "sshd-other-messages.tsv";

  /// With fewer letters of its own a template that begins with a field fits too much.
  private static final int MIN_LETTERS = 4;

  private static final SshdMessage OTHER = new SshdMessage.Other();
  private static final SshdMessage UNKNOWN = new SshdMessage.Unknown();

  /// A row of the tables.
  ///
  /// @param first the first release that has the template; 6.6 also stands for earlier ones
  /// @param last empty if the newest has it
  /// @param processes empty in the table of other messages
  record Row(
      String first,
      Optional<String> last,
      List<String> levels,
      List<String> processes,
      LogMeaning meaning,
      String template,
      List<LogTemplate> forms) {

    private boolean fatalOnly() {
      return levels.equals(List.of("fatal"));
    }

    private boolean maybeFatal() {
      return levels.contains("fatal") || levels.contains("any");
    }

    private boolean preauthOnly() {
      return processes.equals(List.of("preauth"));
    }
  }

  private record Form(Row row, LogTemplate template) {
    /// Several releases can have one text in different templates.
    boolean saysTheSame(Form other) {
      return row.meaning() == other.row.meaning()
          && row.meaning() != LogMeaning.OTHER
          && row.preauthOnly() == other.row.preauthOnly()
          && template.literals().equals(other.template.literals())
          && template.fields().equals(other.template.fields());
    }

    SshdMessage message(LogReading reading, boolean preauth, boolean fatal) {
      boolean before = row.preauthOnly() || (preauth && template.trustedEnd());
      var meaning =
          row.meaning() == LogMeaning.OTHER && (row.fatalOnly() || (fatal && row.maybeFatal()))
              ? LogMeaning.ABORTED
              : row.meaning();
      return meaning.message(reading, before);
    }
  }

  private static final class Holder {
    static final SshdGrammar INSTANCE = new SshdGrammar(rows());
  }

  /// Sorted, so that the longest prefix of a line is the greatest that is not behind the line, or a
  /// prefix of that one.
  private final String[] prefixes;

  /// For each prefix the index of the longest other one that it begins with; -1 if there is none.
  private final int[] shorter;

  private final Form[][] forms;
  private final Form[] withoutPrefix;

  private SshdGrammar(List<Row> rows) {
    var byPrefix = new TreeMap<String, List<Form>>();
    for (var row : rows) {
      for (var template : row.forms()) {
        var form = new Form(row, template);
        var others = byPrefix.computeIfAbsent(template.prefix(), _ -> new ArrayList<>());
        if (others.stream().noneMatch(form::saysTheSame)) {
          others.add(form);
        }
      }
    }
    withoutPrefix =
        byPrefix.getOrDefault("", List.of()).stream()
            .filter(form -> form.template().letters() >= MIN_LETTERS)
            .toArray(Form[]::new);
    byPrefix.remove("");
    prefixes = byPrefix.keySet().toArray(String[]::new);
    forms =
        byPrefix.values().stream().map(list -> list.toArray(Form[]::new)).toArray(Form[][]::new);
    shorter = new int[prefixes.length];
    for (int i = 0; i < prefixes.length; i++) {
      int candidate = i - 1;
      while (candidate >= 0 && !prefixes[i].startsWith(prefixes[candidate])) {
        candidate = shorter[candidate];
      }
      shorter[i] = candidate;
    }
  }

  static SshdGrammar instance() {
    return Holder.INSTANCE;
  }

  /// Reads a line without its level and without ` [preauth]`.
  ///
  /// @param preauth whether it ended so
  /// @param fatal whether it began with `fatal: `
  SshdMessage read(String line, boolean preauth, boolean fatal) {
    var message = UNKNOWN;
    for (int i = longestPrefix(line); i >= 0; i = shorter[i]) {
      for (var form : forms[i]) {
        var reading = form.template().read(line);
        if (reading == LogReading.NONE) {
          continue;
        }
        if (reading == LogReading.AMBIGUOUS) {
          return UNKNOWN;
        }
        var read = form.message(reading, preauth, fatal);
        if (message.equals(UNKNOWN) || message.equals(read)) {
          message = read;
        } else if (namesNobody(message) && namesNobody(read)) {
          message = OTHER;
        } else {
          return UNKNOWN;
        }
      }
    }
    return message.equals(UNKNOWN) ? readWithoutPrefix(line, preauth, fatal) : message;
  }

  private static boolean namesNobody(SshdMessage message) {
    return message instanceof SshdMessage.Other || message instanceof SshdMessage.Aborted;
  }

  private SshdMessage readWithoutPrefix(String line, boolean preauth, boolean fatal) {
    for (var form : withoutPrefix) {
      var reading = form.template().read(line);
      if (reading != LogReading.NONE) {
        return form.message(reading, preauth, fatal);
      }
    }
    return UNKNOWN;
  }

  /// Whether a line whose end is missing is one of those that decide nothing.
  boolean ofCut(String line) {
    int longest = longestPrefix(line);
    for (int i = longest; i >= 0; i = shorter[i]) {
      for (var form : forms[i]) {
        if (form.row().meaning() != LogMeaning.OTHER) {
          return false;
        }
      }
    }
    return longest >= 0;
  }

  private int longestPrefix(String line) {
    int found = Arrays.binarySearch(prefixes, line);
    int i = found >= 0 ? found : -found - 2;
    while (i >= 0 && !line.startsWith(prefixes[i])) {
      i = shorter[i];
    }
    return i;
  }

  /// The rows of both tables.
  static List<Row> rows() {
    var rows = new ArrayList<Row>();
    for (var columns : table(MESSAGES, 7)) {
      rows.add(
          new Row(
              columns.get(0),
              release(columns.get(1)),
              List.of(columns.get(2).split(",", -1)),
              List.of(columns.get(3).split(",", -1)),
              LogMeaning.valueOf(columns.get(4)),
              columns.get(5),
              LogPattern.ofReading(columns.get(6))));
    }
    for (var columns : table(OTHER_MESSAGES, 4)) {
      rows.add(
          new Row(
              columns.get(0),
              release(columns.get(1)),
              List.of(columns.get(2).split(",", -1)),
              List.of(),
              LogMeaning.OTHER,
              columns.get(3),
              List.of(LogPattern.ofFormat(columns.get(3)))));
    }
    return rows;
  }

  private static Optional<String> release(String column) {
    return column.equals("-") ? Optional.empty() : Optional.of(column);
  }

  private static List<List<String>> table(String name, int columns) {
    var rows = new ArrayList<List<String>>();
    try (var stream = SshdGrammar.class.getResourceAsStream(name)) {
      if (stream == null) {
        throw new IllegalStateException(name + " is missing in the jar");
      }
      var lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.isEmpty() && !line.startsWith("#")) {
          var row = List.of(line.split("\t", -1));
          if (row.size() != columns) {
            throw new IllegalStateException(name + ": not " + columns + " columns: " + line);
          }
          rows.add(row);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(name, e);
    }
    return rows;
  }
}
