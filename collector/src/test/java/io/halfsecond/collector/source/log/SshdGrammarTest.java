package io.halfsecond.collector.source.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.collector.event.SshdMessage.Unknown;
import io.halfsecond.collector.source.log.SshdGrammar.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// Holds the tables of templates against what the newest OpenSSH logs. For a new release see
/// docs/develop.md.
class SshdGrammarTest {
  private static final String NEWEST = "10.5";
  private static final Path LOGGED =
      Path.of(
          "src/test/resources/io/halfsecond/collector/source/log/openssh-"
              + NEWEST
              + "-log-templates.tsv");

  /// Logged under sshd's name by libraries, not in its sources.
  private static final String NO_RELEASE = "-";

  private static Map<String, List<String>> logged() throws IOException {
    return Files.readAllLines(LOGGED).stream()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.split("\t", -1))
        .collect(
            Collectors.toMap(columns -> columns[0], columns -> List.of(columns[1].split(",", -1))));
  }

  private static Map<String, Row> current() {
    return SshdGrammar.rows().stream()
        .filter(row -> row.last().isEmpty() && !row.first().equals(NO_RELEASE))
        .collect(Collectors.toMap(Row::template, row -> row, (one, _) -> one));
  }

  @Test
  void should_have_a_row_for_every_template_when_the_newest_release_is_read() throws IOException {
    // given
    var logged = logged();
    var current = current();

    // when
    var missing = new TreeSet<String>();
    logged.forEach(
        (template, levels) -> {
          if (!current.containsKey(template)) {
            missing.add(NEWEST + "\t-\t" + String.join(",", levels) + "\t" + template);
          }
        });

    // then
    assertThat(missing).as("templates of OpenSSH %s without a row", NEWEST).isEmpty();
  }

  @Test
  void should_say_the_last_release_when_the_newest_has_a_template_no_more() throws IOException {
    // given
    var logged = logged();

    // when
    var gone = new TreeSet<>(current().keySet());
    gone.removeAll(logged.keySet());

    // then
    assertThat(gone).as("rows without a last release that OpenSSH %s has not", NEWEST).isEmpty();
  }

  @Test
  void should_know_the_level_when_the_newest_release_logs_at_it() throws IOException {
    // given
    var current = current();

    // then
    logged()
        .forEach(
            (template, levels) ->
                assertThat(Optional.ofNullable(current.get(template)).map(Row::levels))
                    .as(template)
                    .hasValueSatisfying(known -> assertThat(known).containsAll(levels)));
  }

  @Test
  void should_read_a_line_when_it_is_written_with_a_template() {
    for (var row : SshdGrammar.rows()) {
      for (var form : row.forms()) {
        // given: a template without words of its own fits everything and is left out
        if (form.prefix().isEmpty() && form.letters() < 4) {
          continue;
        }
        var line = LogLines.of(form);

        // when
        var message = SshdLogParser.parse(line + " [preauth]");

        // then
        assertThat(message).as("%s: %s", row.template(), line).isNotInstanceOf(Unknown.class);
      }
    }
  }

  @Test
  void should_read_the_words_of_the_template_when_a_reading_is_written_down() {
    for (var row : SshdGrammar.rows()) {
      if (row.processes().isEmpty()) {
        continue;
      }
      for (var form : row.forms()) {
        var line = LogLines.of(form);
        int at = 0;

        for (var words :
            row.template().split("%(?:%|[-+ #0]*\\d*(?:\\.\\d+)?[hlzjt]*[a-zA-Z])", -1)) {
          at = line.indexOf(words, at);
          assertThat(at).as("'%s' of %s in %s", words, row.template(), line).isNotNegative();
          at += words.length();
        }
      }
    }
  }

  @Test
  void should_name_known_processes_when_a_row_decides_something() {
    assertThat(SshdGrammar.rows().stream().flatMap(row -> row.processes().stream()))
        .isSubsetOf(Set.of("listener", "monitor", "preauth", "user"));
  }
}
