package io.halfsecond.streams.alert;

import io.halfsecond.schemas.Change;
import io.halfsecond.schemas.ChangeKind;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;

/// A change of a host as a mark in a graph: a few words and a time.
///
/// @param kind `package`, `object`, `restart`, `boot`, `configuration`, `kernel` or `processor`
/// @param text for example `liblzma.so.5 (liblzma5 5.4.1-1 → 5.6.1-1)`
public record ChangeMark(String kind, String text, Instant at) {
  private static final String PACKAGE = "package";

  /// The newest marks, oldest first. Files that came with one package are one mark, and of changes
  /// that read the same the last one counts.
  public static List<ChangeMark> newest(List<Change> changes, int most) {
    var marks = new LinkedHashMap<String, ChangeMark>();
    changes.stream()
        .sorted(Comparator.comparing(Change::getAt))
        .forEach(
            change -> {
              var mark = of(change);
              var same =
                  change.getKind() == ChangeKind.OBJECT && mark.kind.equals(PACKAGE)
                      ? change.getPackageBefore() + change.getPackageAfter()
                      : mark.text;
              marks.remove(same);
              marks.put(same, mark);
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
        new ChangeText(change).title(),
        change.getAt());
  }
}
