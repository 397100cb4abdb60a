package io.halfsecond.streams.alert;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.Change;
import io.halfsecond.schemas.ChangeKind;
import io.halfsecond.schemas.Contrast;
import io.halfsecond.streams.attribution.Paths;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// States the suspected changes of an alert, for example:
///
/// > Began 2 min 50 s after liblzma.so.5.6.1 (liblzma5 5.4.5-0.3 → liblzma5 5.6.1-1; SHA-256
/// > 5f0c1e2d3b4a → 6f1b2c3d4e5f; sshd → libsystemd.so.0.38.0 → liblzma.so.5.6.1) and 1 other
/// > change; sshd started 2024-03-29 12:01:20Z.
final class Reason {
  /// 48 bits are enough for a person to distinguish files. The alert has the whole hash.
  private static final int HASH_DIGITS = 12;

  private Reason() {}

  /// Begins with a blank. Empty for a cohort.
  static String of(Alert alert) {
    return switch (alert.getScope()) {
      case HOST -> ofHost(alert);
      case INCIDENT ->
          (Sentence.isOneHost(alert) ? ofHost(alert) : shared(alert))
              + alert.getContrast().map(Reason::contrast).orElse("");
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

  /// With one host, or without others, there is nothing to compare.
  private static String contrast(Contrast contrast) {
    if (contrast.getWithHosts() <= 1) {
      return "";
    }
    if (contrast.getWithoutHosts() == 0) {
      return String.format(
          Locale.ROOT,
          " %,d of %,d hosts show it; all hosts of the cohort have the change.",
          contrast.getWithShowing(),
          contrast.getWithHosts());
    }
    return String.format(
        Locale.ROOT,
        " %,d of %,d hosts with it show it, %,d of %,d without (p = %.1g by chance).",
        contrast.getWithShowing(),
        contrast.getWithHosts(),
        contrast.getWithoutShowing(),
        contrast.getWithoutHosts(),
        contrast.getPValue());
  }

  private static String changed(Alert alert) {
    var suspects = alert.getChanges().stream().filter(Change::getFits).toList();
    var first =
        suspects.stream()
            .filter(change -> !isStart(change))
            .findFirst()
            .orElse(suspects.getFirst());
    var starts =
        suspects.stream().filter(change -> isStart(change) && !change.equals(first)).toList();
    int others = suspects.size() - 1 - starts.size();
    return "Began %s %s%s%s.%s"
        .formatted(
            after(first, alert.getOnset()),
            describe(first),
            others == 0
                ? ""
                : others == 1 ? " and 1 other change" : " and %d other changes".formatted(others),
            starts.isEmpty()
                ? ""
                : "; " + starts.stream().map(Reason::describe).collect(Collectors.joining("; ")),
            earlier(alert));
  }

  private static boolean isStart(Change change) {
    return change.getKind() == ChangeKind.RESTART || change.getKind() == ChangeKind.BOOT;
  }

  /// The time from a change to the onset.
  private static String after(Change change, Instant onset) {
    if (change.getKind() == ChangeKind.LOAD || change.getAt().equals(onset)) {
      return "with";
    }
    if (!change.getAt().isAfter(onset)) {
      return span(Duration.between(change.getAt(), onset)) + " after";
    }
    return "at most %s after".formatted(span(Duration.between(change.getNotBefore(), onset)));
  }

  static String describe(Change change) {
    return switch (change.getKind()) {
      case OBJECT -> object(change);
      case PACKAGE ->
          "%s %s → %s".formatted(change.getSubject(), change.getBefore(), change.getAfter());
      case RESTART -> "sshd started " + time(change);
      case BOOT -> "the host started " + time(change);
      case CONFIGURATION ->
          "sshd_config (SHA-256 %s → %s)"
              .formatted(digits(change.getBefore()), digits(change.getAfter()));
      case KERNEL -> "kernel %s → %s".formatted(change.getBefore(), change.getAfter());
      case PROCESSOR -> "processor %s → %s".formatted(change.getBefore(), change.getAfter());
      case LOAD -> "more load";
      case UNKNOWN -> "a change of a kind that only a newer version knows";
    };
  }

  private static String object(Change change) {
    var name = Paths.name(change.getSubject());
    var known =
        List.of(
                packages(change),
                hashes(change),
                change.getChain().size() > 1 ? chain(change) : "",
                change.getDiffersFromPath() ? "not the file at its path" : "",
                change.getInside() ? "" : "not in the process that serves connections")
            .stream()
            .filter(text -> !text.isEmpty())
            .collect(Collectors.joining("; "));
    return known.isEmpty() ? name : "%s (%s)".formatted(name, known);
  }

  private static String packages(Change change) {
    var before = change.getPackageBefore();
    var after = change.getPackageAfter();
    if (before.isEmpty() && after.isEmpty()) {
      return "";
    }
    if (before.equals(after)) {
      return before;
    }
    return "%s → %s"
        .formatted(
            before.isEmpty() ? "no package" : before, after.isEmpty() ? "no package" : after);
  }

  private static String hashes(Change change) {
    var before = change.getBefore();
    var after = change.getAfter();
    if (before.isEmpty() && after.isEmpty()) {
      return "cannot be read";
    }
    if (before.isEmpty()) {
      return "added, SHA-256 " + digits(after);
    }
    return after.isEmpty()
        ? "gone, SHA-256 was " + digits(before)
        : "SHA-256 %s → %s".formatted(digits(before), digits(after));
  }

  private static String chain(Change change) {
    return change.getChain().stream().map(Paths::name).collect(Collectors.joining(" → "));
  }

  private static String earlier(Alert alert) {
    Function<Change, String> text =
        change ->
            " Earlier on, %s before, but connections were as before after it: %s."
                .formatted(
                    span(Duration.between(change.getAt(), alert.getOnset())), describe(change));
    Optional<Change> change =
        alert.getChanges().stream().filter(known -> !known.getFits()).findFirst();
    return change.map(text).orElse("");
  }

  private static String digits(String hash) {
    return hash.substring(0, Math.min(HASH_DIGITS, hash.length()));
  }

  private static String time(Change change) {
    return Sentence.time(change.getAt());
  }

  /// Two units are enough for a person.
  static String span(Duration duration) {
    long seconds = Math.max(0, duration.toSeconds());
    if (seconds < 60) {
      return seconds + " s";
    }
    if (seconds < 3_600) {
      return String.format(Locale.ROOT, "%d min %d s", seconds / 60, seconds % 60);
    }
    return seconds < 86_400
        ? String.format(Locale.ROOT, "%d h %d min", seconds / 3_600, seconds % 3_600 / 60)
        : String.format(Locale.ROOT, "%d d %d h", seconds / 86_400, seconds % 86_400 / 3_600);
  }
}
