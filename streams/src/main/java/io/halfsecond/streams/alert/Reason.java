package io.halfsecond.streams.alert;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.Change;
import io.halfsecond.schemas.ChangeKind;
import io.halfsecond.schemas.ContradictionFinding;
import io.halfsecond.schemas.Contrast;
import io.halfsecond.streams.attribution.Suspects;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/// States the suspected changes of an alert, for example:
///
/// > Began 2 min 50 s after new library /opt/lib/libslow.so.1 (no package), liblzma.so.5.6.1
/// > (liblzma5 5.4.5-0.3 → 5.6.1-1) and 1 other change; sshd started 2024-03-29 12:01:20Z.
final class Reason {
  /// The sentence names so many changes beside starts. The evidence lists all.
  private static final int NAMED = 2;

  /// A path may have 4,096 characters.
  private static final int CHANGE_LENGTH = 500;

  private Reason() {}

  /// Begins with a blank. Empty for a cohort, and for a fact that hosts may share.
  static String of(Alert alert) {
    if (alert.getFinding() instanceof ContradictionFinding && !alert.getCohort().isEmpty()) {
      // Hosts share the fact itself.
      return "";
    }
    return switch (alert.getScope()) {
      case HOST -> ofHost(alert);
      case INCIDENT ->
          (Who.isOneHost(alert) ? ofHost(alert) : shared(alert))
              + contrast(alert).map(" "::concat).orElse("");
      case COHORT, UNKNOWN -> "";
    };
  }

  private static String ofHost(Alert alert) {
    return switch (alert.getAttribution()) {
      case CHANGED -> " " + changed(alert);
      case UNCHANGED ->
          " No change found that could be why: what sshd is made of, its configuration, its and the"
              + " host's start and the kernel were the same before and after."
              + earlier(alert);
      case UNKNOWN -> " What changed is not known.";
    };
  }

  /// What the hosts of an incident share.
  private static String shared(Alert alert) {
    if (alert.getChanges().isEmpty()) {
      return " No change is known that they share.";
    }
    return " " + changed(alert);
  }

  /// How many hosts with and without the change show it. With one host, or without others, there is
  /// nothing to compare.
  static Optional<String> contrast(Alert alert) {
    return alert
        .getContrast()
        .filter(contrast -> contrast.getWithHosts() > 1)
        .map(Reason::contrast);
  }

  private static String contrast(Contrast contrast) {
    if (contrast.getWithoutHosts() == 0) {
      return String.format(
          Locale.ROOT,
          "%,d of %,d hosts show it; all hosts of the cohort have the change.",
          contrast.getWithShowing(),
          contrast.getWithHosts());
    }
    return String.format(
        Locale.ROOT,
        "%,d of %,d hosts with it show it, %,d of %,d without (p = %.1g by chance).",
        contrast.getWithShowing(),
        contrast.getWithHosts(),
        contrast.getWithoutShowing(),
        contrast.getWithoutHosts(),
        contrast.getPValue());
  }

  private static String changed(Alert alert) {
    var first = Suspects.first(alert.getChanges()).orElseThrow();
    var suspects = alert.getChanges().stream().filter(Change::getFits).toList();
    var starts =
        suspects.stream()
            .filter(change -> Suspects.isStart(change) && !change.equals(first))
            .map(change -> "; " + sentence(change))
            .collect(Collectors.joining());
    var others = suspects.stream().filter(change -> !Suspects.isStart(change)).toList();
    return "Began %s %s%s.%s"
        .formatted(
            after(first, alert.getOnset()),
            Suspects.isStart(first) ? start(first, others) : list(others),
            starts,
            earlier(alert));
  }

  /// A start comes before load, which began with the shift itself.
  private static String start(Change start, List<Change> others) {
    return sentence(start)
        + others.stream().map(other -> "; " + sentence(other)).collect(Collectors.joining());
  }

  private static String sentence(Change change) {
    return Words.shortened(new ChangeText(change).sentence(), CHANGE_LENGTH);
  }

  private static String list(List<Change> changes) {
    var named = changes.stream().limit(NAMED).map(Reason::sentence).toList();
    int more = changes.size() - named.size();
    if (more > 0) {
      return "%s and %s".formatted(String.join(", ", named), Words.count(more, "other change"));
    }
    return String.join(" and ", named);
  }

  /// The time from a change to the onset.
  private static String after(Change change, Instant onset) {
    if (change.getKind() == ChangeKind.LOAD || change.getAt().equals(onset)) {
      return "with";
    }
    if (!change.getAt().isAfter(onset)) {
      return Words.span(Duration.between(change.getAt(), onset)) + " after";
    }
    return "at most %s after".formatted(Words.span(Duration.between(change.getNotBefore(), onset)));
  }

  private static String earlier(Alert alert) {
    Optional<Change> change =
        alert.getChanges().stream().filter(known -> !known.getFits()).findFirst();
    return change
        .map(
            known ->
                " Earlier on, %s before, but connections were as before after it: %s."
                    .formatted(
                        Words.span(Duration.between(known.getAt(), alert.getOnset())),
                        sentence(known)))
        .orElse("");
  }
}
