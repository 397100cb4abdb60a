package io.halfsecond.deploy.replay;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.halfsecond.collector.source.SourceMeter;
import io.halfsecond.collector.source.SourceMeter.Reason;
import io.halfsecond.collector.source.log.LogHistory.Defect;
import io.halfsecond.collector.source.log.LogHistory.UnreadableLines;
import io.halfsecond.collector.source.log.UnknownMessages;
import io.halfsecond.deploy.alerts.AlertText;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.Tier;
import io.halfsecond.streams.replay.ReplaySummary;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// The result of a replay.
///
/// @param logs what was read of logs
/// @param entries number of records in recordings
/// @param unreadableEntries number of those that cannot be read
/// @param firstUnreadable the first unreadable line or entry
/// @param missing hosts that were requested and not found
/// @param judged results of the judgement
public record Report(
    Logs logs,
    long entries,
    long unreadableEntries,
    Optional<String> firstUnreadable,
    Set<String> missing,
    ReplaySummary judged) {
  private static final int MOST_TEMPLATES = 10;

  public Report {
    missing = Set.copyOf(missing);
  }

  /// @param lines counts of log lines
  /// @param connections number of connections in them
  /// @param ofSshd number of lines of sshd, whether they could be used or not
  /// @param datedToTheSecond whether all of sshd's lines have times in whole seconds
  /// @param unreadable the lines that could not be read, by what is wrong with them
  /// @param unknown the messages of sshd that no template fits
  /// @param withoutDuration the connections that have no duration
  public record Logs(
      SourceMeter lines,
      long connections,
      long ofSshd,
      boolean datedToTheSecond,
      Map<Defect, UnreadableLines> unreadable,
      UnknownMessages unknown,
      Durations.Missing withoutDuration) {}

  /// Whether there were lines of sshd and nothing became of them, and no recording either: then
  /// nothing was judged.
  public boolean isWithoutConnections() {
    return logs.ofSshd > 0 && logs.connections == 0 && entries == 0;
  }

  /// For a person: what to do about lines of sshd that gave no connection.
  public Optional<String> warning() {
    return isWithoutConnections()
        ? Optional.of(
            "%s of sshd gave no connection, so nothing was judged; the summary says why"
                .formatted(counted(logs.ofSshd, "line")))
        : Optional.empty();
  }

  /// Number of lines and entries that could not be read.
  public long unreadable() {
    return logs.lines.droppedCount(Reason.MALFORMED) + unreadableEntries;
  }

  /// For a person, one fact per line.
  public List<String> text() {
    var text = new ArrayList<String>();
    text.add("Read " + read() + span() + ".");
    leftOut().ifPresent(text::add);
    text.add(
        "Measurements: " + (judged.measurements().isEmpty() ? "none" : list(measurements())) + ".");
    text.add("Alerts: " + (judged.opened() == 0 ? "none" : alerts()) + ".");
    notUnderstood(text);
    if (logs.datedToTheSecond) {
      text.add(
          "The log lines have times in whole seconds: shorter phases have no duration, and a"
              + " smaller shift is not seen.");
    }
    text.addAll(Advice.of(this));
    if (logs.lines.lostCount() > 0) {
      text.add(
          "journald suppressed %s more of sshd's lines.".formatted(count(logs.lines.lostCount())));
    }
    missing.stream()
        .sorted()
        .forEach(host -> text.add("Nothing was found of host %s.".formatted(host)));
    return text;
  }

  private String read() {
    var read = new ArrayList<String>();
    if (logs.lines.readCount() > 0) {
      read.add(
          "%s of logs (%s)"
              .formatted(
                  counted(logs.lines.readCount(), "line"),
                  counted(logs.connections, "connection")));
    }
    if (entries > 0) {
      read.add("%s of recordings".formatted(counted(entries, "record")));
    }
    return read.isEmpty() ? "nothing" : String.join(" and ", read);
  }

  private String span() {
    return judged.first().isEmpty() || judged.last().isEmpty()
        ? ""
        : ", of %s, from %s to %s"
            .formatted(
                counted(judged.hosts(), "host"),
                AlertText.time(judged.first().get()),
                AlertText.time(judged.last().get()));
  }

  private Optional<String> leftOut() {
    var lines = logs.lines;
    var parts = new ArrayList<String>();
    logs.unreadable.forEach(
        (defect, those) ->
            add(
                parts,
                those.count(),
                "unreadable, %s (the first: %s)".formatted(words(defect), those.first())));
    add(
        parts,
        unreadableEntries,
        "unreadable" + firstUnreadable.map(culprit -> " (the first: " + culprit + ")").orElse(""));
    add(parts, lines.droppedCount(Reason.UNRELATED), "of other programs or hosts");
    add(parts, lines.droppedCount(Reason.IRRELEVANT), "of sshd without relevant information");
    add(parts, lines.droppedCount(Reason.UNTRUSTED), "without a pid, or not written by root");
    add(
        parts,
        lines.droppedCount(Reason.OVERFLOW),
        "of connections beyond the number that is followed at once");
    judged.skipped().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(
            skipped ->
                add(
                    parts,
                    skipped.getValue(),
                    switch (skipped.getKey()) {
                      case INSANE -> "impossible";
                      case DUPLICATE -> "duplicate";
                      case LATE -> "a day or more late";
                      case INCOMPLETE -> "incomplete";
                      case PROBE -> "of the active probe's connections";
                      case WITHOUT_EFFECT -> "decisions without effect";
                    }));
    return parts.isEmpty()
        ? Optional.empty()
        : Optional.of("Left out: " + String.join("; ", parts) + ".");
  }

  private static String words(Defect defect) {
    return switch (defect) {
      case FRAME -> "without a time and a program";
      case CUT -> "cut or too long";
      case HOST -> "of an empty or illegal host name";
      case TIME -> "without a time, or later than the file";
      case ENTRY -> "no whole journal entry";
    };
  }

  /// One line per template, without what can be a name or an address.
  private void notUnderstood(List<String> text) {
    var unknown = logs.unknown;
    if (unknown.count() == 0) {
      return;
    }
    text.add(
        "Not understood: %s of sshd. * stands for what can be a name or an address, 0 for numbers:"
            .formatted(counted(unknown.count(), "line")));
    var shown = unknown.mostFrequent(MOST_TEMPLATES);
    shown.forEach(each -> text.add("  %,8d  %s".formatted(each.count(), each.text())));
    int more = unknown.templates() - shown.size();
    if (more > 0) {
      text.add("  and %s more".formatted(count(more)));
    }
  }

  private static void add(Collection<String> parts, long count, String what) {
    if (count > 0) {
      parts.add(count(count) + " " + what);
    }
  }

  private Map<String, Long> measurements() {
    var bySignal = new TreeMap<String, Long>();
    bySignal.putAll(judged.measurements());
    return bySignal;
  }

  private static String list(Map<String, Long> counts) {
    return counts.entrySet().stream()
        .map(each -> "%s %s".formatted(each.getKey(), count(each.getValue())))
        .collect(Collectors.joining(", "));
  }

  private String alerts() {
    var tiers = new TreeMap<Tier, Map<AlertState, Long>>(judged.alerts());
    return tiers.entrySet().stream()
        .map(
            tier -> {
              long all = tier.getValue().values().stream().mapToLong(Long::longValue).sum();
              return "%s (%s)"
                  .formatted(counted(all, lower(tier.getKey())), list(states(tier.getValue())));
            })
        .collect(Collectors.joining(", "));
  }

  private static Map<String, Long> states(Map<AlertState, Long> states) {
    var byName = new TreeMap<String, Long>();
    states.forEach((state, count) -> byName.put(lower(state), count));
    return byName;
  }

  /// One JSON object on one line.
  public String json() {
    var json = JsonNodeFactory.instance.objectNode();
    var replay = json.putObject("replay");
    replay
        .put("lines", logs.lines.readCount())
        .put("linesOfSshd", logs.ofSshd)
        .put("connections", logs.connections)
        .put("entries", entries)
        .put("unreadable", unreadable())
        .put("firstUnreadable", firstUnreadable.orElse(null))
        .put("hosts", judged.hosts())
        .put("from", judged.first().map(Instant::toString).orElse(null))
        .put("to", judged.last().map(Instant::toString).orElse(null));
    var dropped = replay.putObject("linesDropped");
    for (var reason : Reason.values()) {
      put(dropped, reason.label(), logs.lines.droppedCount(reason));
    }
    var unreadable = replay.putArray("linesUnreadable");
    logs.unreadable.forEach(
        (defect, those) ->
            unreadable
                .addObject()
                .put("defect", lower(defect))
                .put("count", those.count())
                .put("first", those.first()));
    var unknown = replay.putObject("linesNotUnderstood");
    var shown = logs.unknown.mostFrequent(MOST_TEMPLATES);
    unknown
        .put("count", logs.unknown.count())
        .put("moreTemplates", logs.unknown.templates() - shown.size());
    var templates = unknown.putArray("templates");
    shown.forEach(
        each -> templates.addObject().put("count", each.count()).put("sample", each.text()));
    var skipped = replay.putObject("recordsSkipped");
    judged.skipped().forEach((reason, count) -> put(skipped, lower(reason), count));
    var measurements = replay.putObject("measurements");
    measurements().forEach(measurements::put);
    var alerts = replay.putObject("alerts");
    new TreeMap<>(judged.alerts())
        .forEach(
            (tier, states) -> {
              var ofTier = alerts.putObject(lower(tier));
              states(states).forEach(ofTier::put);
            });
    return json.toString();
  }

  private static void put(ObjectNode node, String name, long count) {
    if (count > 0) {
      node.put(name, count);
    }
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static String counted(long count, String what) {
    return count(count) + " " + what + (count == 1 ? "" : "s");
  }

  private static String count(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }
}
