package io.halfsecond.streams.alert;

import io.halfsecond.schemas.Change;
import io.halfsecond.streams.attribution.Changes;
import io.halfsecond.streams.attribution.Paths;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A change in the three lengths of the texts of an alert.
///
/// | length | a library that was replaced by one of another directory |
/// |---|---|
/// | title | liblzma.so.5 (liblzma5 5.4.1-1 → no package) |
/// | sentence | /opt/lib/liblzma.so.5 in place of /usr/lib/liblzma.so.5 (liblzma5 5.4.1-1 → no package) |
/// | evidence | the same with SHA-256, dependency chain and times |
record ChangeText(Change change) {
  private static final String NO_PACKAGE = "no package";

  /// Files by their names.
  String title() {
    return switch (change.getKind()) {
      case OBJECT -> object(Paths.name(change.getSubject()), packages());
      case PACKAGE, KERNEL, PROCESSOR ->
          "%s %s → %s".formatted(change.getSubject(), change.getBefore(), change.getAfter());
      case RESTART -> "restart of sshd";
      case BOOT -> "boot of the host";
      case CONFIGURATION -> "sshd_config";
      case LOAD -> "more load";
      case CLOCK -> clock();
      case UNKNOWN -> "a change of a kind that only a newer version knows";
    };
  }

  /// Files by their paths, where these are new; starts with their time.
  String sentence() {
    return switch (change.getKind()) {
      case OBJECT -> object(place(), parenthesis());
      case RESTART -> "sshd started " + Words.time(change.getAt());
      case BOOT -> "the host started " + Words.time(change.getAt());
      case PACKAGE, KERNEL, PROCESSOR, CONFIGURATION, LOAD, CLOCK, UNKNOWN -> title();
    };
  }

  /// All that is known.
  String evidence() {
    return switch (change.getKind()) {
      case OBJECT -> join(object(paths(), packages()), hashes(), remarks(), chain(), times());
      case CONFIGURATION -> join(title(), hashes(), times());
      case RESTART, BOOT -> sentence();
      case LOAD ->
          "more load: share of waiting for a CPU %s → %s"
              .formatted(change.getBefore(), change.getAfter());
      case PACKAGE, KERNEL, PROCESSOR, CLOCK, UNKNOWN -> join(title(), times());
    };
  }

  private String clock() {
    return Changes.clockSetBackBy(change)
        .map(
            by ->
                "clock set %s by %s"
                    .formatted(by.isNegative() ? "forward" : "back", Words.span(by.abs())))
        .orElse("clock set");
  }

  private String object(String name, String packages) {
    var text =
        isNew()
            ? "new %s %s".formatted(name.contains(".so") ? "library" : "file", name)
            : isGone() ? name + " gone" : name;
    return packages.isEmpty() ? text : "%s (%s)".formatted(text, packages);
  }

  private boolean isNew() {
    return change.getBefore().isEmpty() && !change.getAfter().isEmpty();
  }

  private boolean isGone() {
    return change.getAfter().isEmpty() && !change.getBefore().isEmpty();
  }

  private String place() {
    if (isNew()) {
      return change.getSubject();
    }
    return sameDirectory() ? Paths.name(change.getSubject()) : paths();
  }

  private boolean sameDirectory() {
    var before = change.getSubjectBefore();
    return before.isEmpty() || Paths.directory(before).equals(Paths.directory(change.getSubject()));
  }

  private String paths() {
    return change.getSubjectBefore().isEmpty()
        ? change.getSubject()
        : "%s in place of %s".formatted(change.getSubject(), change.getSubjectBefore());
  }

  private String parenthesis() {
    return join(packages(), remarks());
  }

  /// What the package manager says. Files that it never owned have other content.
  private String packages() {
    var before = change.getPackageBefore();
    var after = change.getPackageAfter();
    if (isNew()) {
      return after.isEmpty() ? NO_PACKAGE : after;
    }
    if (isGone()) {
      return before;
    }
    if (before.equals(after)) {
      var content =
          change.getBefore().isEmpty() && change.getAfter().isEmpty()
              ? "cannot be read"
              : "other content";
      return before.isEmpty() ? content : content + ", " + before;
    }
    return "%s → %s"
        .formatted(
            before.isEmpty() ? NO_PACKAGE : before,
            after.isEmpty() ? NO_PACKAGE : after(before, after));
  }

  /// The name of a package once.
  private static String after(String before, String after) {
    int version = after.indexOf(' ') + 1;
    return version > 0 && before.startsWith(after.substring(0, version))
        ? after.substring(version)
        : after;
  }

  private String remarks() {
    return join(
        change.getDiffersFromPath() ? "not the file at its path" : "",
        change.getInside() ? "" : "not in the process that serves connections");
  }

  private String hashes() {
    var before = change.getBefore();
    var after = change.getAfter();
    if (before.isEmpty() && after.isEmpty()) {
      return "cannot be read";
    }
    if (before.isEmpty()) {
      return "SHA-256 " + after;
    }
    return after.isEmpty() ? "SHA-256 was " + before : "SHA-256 %s → %s".formatted(before, after);
  }

  private String chain() {
    return change.getChain().size() > 1 ? "loaded by " + String.join(" → ", change.getChain()) : "";
  }

  private String times() {
    return change.getNotBefore().equals(change.getAt())
        ? Words.time(change.getAt())
        : "between %s and %s"
            .formatted(Words.time(change.getNotBefore()), Words.time(change.getAt()));
  }

  private static String join(String... texts) {
    return Stream.of(texts).filter(text -> !text.isEmpty()).collect(Collectors.joining("; "));
  }
}
