package io.halfsecond.streams.alert;

import io.halfsecond.schemas.Change;
import io.halfsecond.schemas.ChangeKind;
import io.halfsecond.streams.attribution.Paths;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;

/// A change of a host as a mark in a graph: a few words and a time.
///
/// @param kind `package`, `object`, `restart`, `boot`, `configuration`, `kernel` or `processor`
/// @param text for example `liblzma5 5.4.1-1 → 5.6.1-1`; the same for all files of a package
public record ChangeMark(String kind, String text, Instant at) {
  private static final String PACKAGE = "package";

  /// The newest marks, oldest first. Of changes that read the same, the last one counts.
  public static List<ChangeMark> newest(List<Change> changes, int most) {
    var marks = new LinkedHashMap<List<String>, ChangeMark>();
    changes.stream()
        .map(ChangeMark::of)
        .sorted(Comparator.comparing(ChangeMark::at))
        .forEach(
            mark -> {
              var key = List.of(mark.kind, mark.text);
              marks.remove(key);
              marks.put(key, mark);
            });
    return marks.values().stream().skip(Math.max(0, marks.size() - most)).toList();
  }

  static ChangeMark of(Change change) {
    boolean ofPackage =
        change.getKind() == ChangeKind.OBJECT
            && !change.getPackageBefore().isEmpty()
            && !change.getPackageAfter().isEmpty()
            && !change.getPackageBefore().equals(change.getPackageAfter());
    return new ChangeMark(
        ofPackage ? PACKAGE : change.getKind().name().toLowerCase(Locale.ROOT),
        text(change),
        change.getAt());
  }

  private static String text(Change change) {
    return switch (change.getKind()) {
      case OBJECT -> object(change);
      case PACKAGE -> moved(change.getSubject() + " ", change.getBefore(), change.getAfter());
      case RESTART -> "sshd restarted";
      case BOOT -> "host booted";
      case CONFIGURATION -> "sshd_config changed";
      case KERNEL -> moved("kernel ", change.getBefore(), change.getAfter());
      case PROCESSOR -> moved("processor ", change.getBefore(), change.getAfter());
      case LOAD -> "more load";
      case UNKNOWN -> "a change of a kind that only a newer version knows";
    };
  }

  private static String moved(String what, String before, String after) {
    return "%s%s → %s".formatted(what, before, after);
  }

  private static String object(Change change) {
    var name = Paths.name(change.getSubject());
    var before = change.getPackageBefore();
    var after = change.getPackageAfter();
    if (change.getBefore().isEmpty() != change.getAfter().isEmpty()) {
      boolean added = change.getBefore().isEmpty();
      var owner = added ? after : before;
      return "%s %s%s"
          .formatted(name, added ? "added" : "removed", owner.isEmpty() ? "" : " (" + owner + ")");
    }
    if (before.equals(after)) {
      return before.isEmpty() ? name + " replaced" : "%s replaced (%s)".formatted(name, before);
    }
    if (before.isEmpty() || after.isEmpty()) {
      return moved(
          name + ": ",
          before.isEmpty() ? "no package" : before,
          after.isEmpty() ? "no package" : after);
    }
    var packageName = before.substring(0, before.indexOf(' ') + 1);
    boolean same = !packageName.isEmpty() && after.startsWith(packageName);
    return moved("", before, same ? after.substring(packageName.length()) : after);
  }
}
