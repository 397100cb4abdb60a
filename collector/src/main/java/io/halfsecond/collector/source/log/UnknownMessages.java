package io.halfsecond.collector.source.log;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Counts messages of sshd's that no template of [SshdLogParser] fits, by their [Redaction].
///
/// **Guarantees** it keeps no name, address or text of a client, and a bounded number of templates.
///
/// Not safe for use by several threads.
public final class UnknownMessages {
  /// Free text in messages makes templates that occur once.
  private static final int MOST_TEMPLATES = 1_000;

  private final Map<String, Long> counts = new HashMap<>();
  private long count;
  private long beyond;

  /// @param text what the messages have in common, which shows one of them
  public record Template(String text, long count) {}

  /// @param message as logged
  public void add(String message) {
    count++;
    var template = Redaction.of(message);
    if (counts.size() < MOST_TEMPLATES || counts.containsKey(template)) {
      counts.merge(template, 1L, Long::sum);
    } else {
      beyond++;
    }
  }

  /// The number of messages.
  public long count() {
    return count;
  }

  /// The number of templates; at least that, if there were more than it keeps.
  public int templates() {
    return counts.size() + (beyond > 0 ? 1 : 0);
  }

  /// The most frequent ones first; equally frequent ones by their text.
  public List<Template> mostFrequent(int most) {
    var templates = new ArrayList<Template>();
    counts.forEach((text, times) -> templates.add(new Template(text, times)));
    return templates.stream()
        .sorted(Comparator.comparingLong(Template::count).reversed().thenComparing(Template::text))
        .limit(most)
        .toList();
  }
}
