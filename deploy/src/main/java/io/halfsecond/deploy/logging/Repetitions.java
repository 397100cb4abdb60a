package io.halfsecond.deploy.logging;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Which lines of a log repeat an earlier one: lines of one logger that differ in numbers only. The
/// first is told, then how many followed, once a minute.
///
/// A number that is not told yet waits for the next line of the log, whichever it is: who waits for
/// Kafka says so once a minute. Safe for use by several threads.
final class Repetitions {
  static final Duration EVERY = Duration.ofMinutes(1);

  /// Different lines within a minute. Of more, each is told.
  private static final int MOST = 200;

  /// Lines that were not told.
  ///
  /// @param logger whose they are
  /// @param example the last of them
  record Untold(String logger, String example, long count) {}

  private record Kind(String logger, String text) {}

  private static final class Told {
    private final long sinceMillis;
    private long count;
    private String last = "";

    private Told(long sinceMillis) {
      this.sinceMillis = sinceMillis;
    }
  }

  private final Map<Kind, Told> told = new LinkedHashMap<>();

  /// @return whether the line is to be told
  synchronized boolean isNew(String logger, String line, long nowMillis) {
    var kind = new Kind(logger, line.replaceAll("-?[0-9]+", "0"));
    var before = told.get(kind);
    if (before == null) {
      if (told.size() < MOST) {
        told.put(kind, new Told(nowMillis));
      }
      return true;
    }
    before.count++;
    before.last = line;
    return false;
  }

  /// What has been held back for a minute. It is new afterwards.
  synchronized List<Untold> due(long nowMillis) {
    var due = new ArrayList<Untold>();
    told.entrySet()
        .removeIf(
            entry -> {
              var since = entry.getValue();
              // A clock that has stepped back ends it too.
              boolean over =
                  nowMillis - since.sinceMillis >= EVERY.toMillis()
                      || nowMillis < since.sinceMillis;
              if (over && since.count > 0) {
                due.add(new Untold(entry.getKey().logger(), since.last, since.count));
              }
              return over;
            });
    return due;
  }
}
